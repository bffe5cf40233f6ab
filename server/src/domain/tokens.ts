// Owns the issuing of tokens: from an authorization to the token set that the application gets.
import type { Actor } from '#protocol/actor';
import type { AuthorizationDetail } from '#protocol/authorization-details';
import type { Claims } from '#protocol/claims';
import type { ClaimsRequest } from '#protocol/claims-request';
import type { Client } from '#protocol/client';
import { isStandard } from '#protocol/compliance';
import type { Confirmation } from '#protocol/confirmation';
import { customClaims } from '#protocol/custom-claims';
import { type IdTokenFacts, idTokenClaims } from '#protocol/id-token';
import { OAuthError } from '#protocol/oauth-error';
import type { ResourceServer } from '#protocol/resource-server';
import { type AccessTokenSubject, createAccessToken } from './access-token-making.ts';
import { protectAnswer, registeredEncryption } from './answers.ts';
import { clientAccessRefusal, tellsPermissions, userAccess } from './api-access.ts';
import type { Context } from './context.ts';
import { subjectClaims, subjectKey } from './subjects.ts';
import { opaqueLifetimeSec } from './token-lifetimes.ts';
import type { User } from './users.ts';

/** The person that an application acts for, and how they came to be signed in. */
export interface SignedIn {
  readonly user: User;
  readonly sid: string | undefined;
  /** Undefined when that isn't known here. */
  readonly authenticated_at: number | undefined;
  readonly nonce?: string | undefined;
  /** How strongly, and by what means, they proved who they are (OpenID Connect Core §2). */
  readonly acr?: string | undefined;
  readonly amr?: readonly string[] | undefined;
  /** Claims that the application asked for one by one. */
  readonly claims?: ClaimsRequest | undefined;
}

/** What a grant decided: for whom, for what, and how it came about. Never makes tokens. */
export interface Authorization {
  readonly client: Client;
  /** Undefined when the application acts for itself. */
  readonly signedIn?: SignedIn;
  readonly scope: readonly string[];
  /** Undefined when the access token is for userinfo alone. */
  readonly api: ResourceServer | undefined;
  readonly family_id: string;
  /** How far the revocation feed had come before anything was read that was decided by: what happens later may end the tokens. */
  readonly position: number;
  readonly refresh_token?: string | undefined;
  /** The key that the tokens are bound to. */
  readonly confirmation?: Confirmation | undefined;
  /** Who acts for the person, or for the application (RFC 8693 §4.1). */
  readonly act?: Actor | undefined;
  readonly authorization_details?: readonly AuthorizationDetail[] | undefined;
  /** What is told in `gty`, of grants without a page. */
  readonly gty?: string | undefined;
  /** Claims of the deployment's own for both tokens. The rules of `#protocol/custom-claims` are for them. */
  readonly custom_claims?: Claims | undefined;
  /** For token exchange alone (RFC 8693 §2.2.1). */
  readonly issued_token_type?: string | undefined;
  /** Epoch seconds: no token lives longer than what it was got for. */
  readonly notAfterSec?: number | undefined;
}

/** An authorization as a grant decides it. */
export type Decision = Omit<Authorization, 'position'>;

/** RFC 6749 §5.1. */
export interface TokenSet {
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly id_token?: string;
  readonly scope?: string;
  /** Seconds. */
  readonly expires_in: number;
  readonly token_type: 'Bearer' | 'DPoP';
  readonly issued_token_type?: string;
  /** What was granted in the API's own terms (RFC 9396 §7). */
  readonly authorization_details?: readonly AuthorizationDetail[];
}

/** Auth0's, for what travels through the browser. */
const opaqueLifetimeInFrontSec = 7200;

function lifetimeOf(authorization: Authorization, nowSec: number, inFront: boolean): number {
  const { api, client, notAfterSec = Infinity } = authorization;
  if (!api) return inFront ? opaqueLifetimeInFrontSec : opaqueLifetimeSec;
  const { token_lifetime, token_lifetime_for_web } = api;
  const usual =
    inFront || client.app_type === 'spa' ? Math.min(token_lifetime, token_lifetime_for_web) : token_lifetime;
  return Math.min(usual, notAfterSec - nowSec);
}

/** An authorization as far as the API allows it at this moment. */
interface Allowed extends Authorization {
  /** What is told of permissions. */
  readonly permissions: readonly string[] | undefined;
}

/**
 * Applies what the API allows now: settings and permissions may have changed since the person agreed. Throws access_denied,
 * and invalid_request for custom claims.
 */
async function allow(ctx: Context, authorization: Authorization): Promise<Allowed> {
  const { client, api, signedIn, scope } = authorization;
  const custom_claims = authorization.custom_claims && customClaims(authorization.custom_claims);
  const decided = { ...authorization, custom_claims };
  if (!api) return { ...decided, permissions: undefined };
  const access = signedIn
    ? await userAccess(ctx, client, api, { user_id: signedIn.user.user_id, scope })
    : // An application has the permissions that it asked for and was granted.
      (clientAccessRefusal(api) ?? { scope, permissions: scope });
  if (access instanceof OAuthError) throw access;
  return { ...decided, scope: access.scope, permissions: tellsPermissions(api) ? access.permissions : undefined };
}

/** An application that acts for itself is its own subject, in Auth0's form. */
function accessTokenSubject(ctx: Context, allowed: Allowed, lifetimeSec: number): AccessTokenSubject {
  const { client, signedIn, scope, api, family_id, position, confirmation, act, authorization_details } = allowed;
  const { permissions, custom_claims, gty } = allowed;
  const { client_id } = client;
  const bound = { confirmation, act, authorization_details, custom_claims };
  const what = { client_id, scope, api, family_id, position, permissions, lifetimeSec, ...bound };
  if (!signedIn)
    return { ...what, sub: `${client_id}@clients`, subject: '', sid: undefined, gty: gty ?? 'client-credentials' };
  const userinfo_claims = signedIn.claims?.userinfo && Object.keys(signedIn.claims.userinfo);
  const whom = subjectClaims(ctx, client, signedIn.user.user_id);
  const person = {
    ...whom,
    subject: subjectKey(ctx, whom.sub),
    sid: signedIn.sid,
    authentication: signedIn,
    userinfo_claims,
  };
  return { ...what, ...person, gty };
}

/** What an ID token says of the person by their scopes alone: with `isAlone`, no access token is there to ask userinfo. */
function toldByScope({ client, scope }: Authorization, isAlone: boolean): Pick<IdTokenFacts, 'scope' | 'style'> {
  if (!isStandard(client)) return { scope };
  return { scope: isAlone ? scope : [], style: 'standard' };
}

/** An ID token says who signed in; only where openid was granted (OpenID Connect Core §3.1.2.1). */
async function idToken(
  ctx: Context,
  authorization: Authorization,
  { hashes, isAlone = false }: { hashes?: IdTokenFacts['hashes']; isAlone?: boolean } = {},
): Promise<string | undefined> {
  const { client, scope, signedIn, custom_claims } = authorization;
  if (!signedIn || !scope.includes('openid')) return undefined;
  const { user, authenticated_at, claims: asked, ...how } = signedIn;
  const claims = idTokenClaims({
    ...how,
    ...subjectClaims(ctx, client, user.user_id),
    issuer: ctx.issuer,
    client_id: client.client_id,
    profile: user,
    ...toldByScope(authorization, isAlone),
    nonce: how.nonce,
    authenticatedAt: authenticated_at,
    wanted: asked?.id_token,
    ...(hashes && { hashes }),
    nowSec: Math.floor(ctx.now() / 1000),
    lifetimeSec: client.jwt_configuration.lifetime_in_seconds,
  });
  const { id_token_encrypted_response_alg, id_token_encrypted_response_enc, jwt_configuration } = client;
  const encryption = registeredEncryption(id_token_encrypted_response_alg, id_token_encrypted_response_enc);
  return protectAnswer(ctx, client, { ...custom_claims, ...claims }, { alg: jwt_configuration.alg, encryption });
}

type AccessTokenAnswer = Pick<TokenSet, 'access_token' | 'scope' | 'expires_in' | 'token_type'>;

async function accessToken(ctx: Context, allowed: Allowed, inFront = false): Promise<AccessTokenAnswer> {
  const nowSec = Math.floor(ctx.now() / 1000);
  const lifetimeSec = lifetimeOf(allowed, nowSec, inFront);
  return {
    access_token: await createAccessToken(ctx, accessTokenSubject(ctx, allowed, lifetimeSec), nowSec),
    ...(allowed.scope.length === 0 ? {} : { scope: allowed.scope.join(' ') }),
    expires_in: lifetimeSec,
    token_type: allowed.confirmation?.jkt === undefined ? 'Bearer' : 'DPoP',
  };
}

/** Issues the access token of an authorization for a response that travels through the browser. Throws access_denied where the API doesn't allow it. */
export async function issueAccessToken(ctx: Context, decided: Authorization) {
  return accessToken(ctx, await allow(ctx, decided), true);
}

/**
 * Issues the ID token of an authorization's response, with the hashes of what comes with it; `isAlone`: no access token does,
 * nor a code for one.
 */
export async function issueIdToken(
  ctx: Context,
  decided: Authorization,
  response: { readonly hashes: NonNullable<IdTokenFacts['hashes']>; readonly isAlone: boolean },
) {
  return idToken(ctx, decided, response);
}

/**
 * Issues the tokens of an authorization. Both signatures are made at once. Throws access_denied where the API doesn't allow
 * them, and invalid_request for custom claims.
 */
export async function issueTokens(ctx: Context, decided: Authorization): Promise<TokenSet> {
  const allowed = await allow(ctx, decided);
  const { refresh_token, issued_token_type, authorization_details } = allowed;
  const [access, id_token] = await Promise.all([accessToken(ctx, allowed), idToken(ctx, allowed)]);
  const { access_token, ...rest } = access;
  return {
    access_token,
    ...(refresh_token === undefined ? {} : { refresh_token }),
    ...(id_token === undefined ? {} : { id_token }),
    ...rest,
    ...(issued_token_type === undefined ? {} : { issued_token_type }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
}
