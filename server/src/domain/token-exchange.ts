// Owns the reading of tokens that are given in return for others: whose they are, and whether who sends them may have them.
import { verifyJwt } from '#crypto/jwt';
import type { Client } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import { familyOf } from '#protocol/revocation';
import { type ActingParty, type Subject, type TypedToken, tokenTypes } from '#protocol/token-exchange';
import { findAccessToken } from './access-tokens.ts';
import type { Context } from './context.ts';
import { findRefreshToken } from './refresh-tokens.ts';
import { isSessionRevoked } from './revocations.ts';
import { subjectOfToken } from './subjects.ts';

/** A live token of ours that the application may give in return. */
export interface ExchangeableToken extends Subject {
  readonly sub: string;
  /** The session and the family that end what comes of it as they end it; a family where it has one. */
  readonly sid: string | undefined;
  readonly family_id: string | undefined;
  /** Epoch seconds. */
  readonly expSec: number;
}

type Reader = (ctx: Context, client: Client, token: string) => Promise<ExchangeableToken | undefined>;

const words = (scope: string) => scope.split(' ').filter((word) => word !== '');

/** An access token that was issued to the application, or that is for the API that it is. */
const readAccessToken: Reader = async (ctx, client, token) => {
  const presented = await findAccessToken(ctx, token);
  if (!presented) return undefined;
  const { sub, client_id, audience: audiences, scope, jti, sid, exp: expSec, act, claims } = presented;
  const { resource_server_identifier: own } = client;
  if (client_id !== client.client_id && (own === undefined || !audiences.includes(own))) return undefined;
  return { sub, sid, family_id: familyOf(jti), audiences, scope, expSec, act, mayAct: claims['may_act'] };
};

const readRefreshToken: Reader = async (ctx, client, token) => {
  const family = await findRefreshToken(ctx, client, token);
  if (!family) return undefined;
  const { user_id: sub, sid, family_id, scope, audience, expires_at } = family;
  const expSec = expires_at === null ? Infinity : Math.floor(expires_at / 1000);
  const audiences = audience === null ? [] : [audience];
  return {
    sub,
    sid: sid ?? undefined,
    family_id,
    audiences,
    scope: words(scope),
    expSec,
    act: undefined,
    mayAct: undefined,
  };
};

/**
 * An ID token that told this application who signed in. It has no scope of its own. One without a session could not be
 * ended; one that is signed with the application's secret could have been made by it; neither is taken.
 */
const readIdToken: Reader = async (ctx, client, token) => {
  const claims = verifyJwt(token, ctx.keys.verifiers, ['JWT']) ?? {};
  const { iss, aud, azp, sid, exp, may_act: mayAct } = claims;
  const sub = subjectOfToken(ctx, claims);
  if (iss !== ctx.issuer || aud !== client.client_id || azp !== undefined) return undefined;
  if (sub === undefined || typeof sid !== 'string' || typeof exp !== 'number') return undefined;
  if (exp * 1000 <= ctx.now() || (await isSessionRevoked(ctx, sid))) return undefined;
  return { sub, sid, family_id: undefined, audiences: [], scope: [], expSec: exp, act: undefined, mayAct };
};

const readers: ReadonlyMap<string, Reader> = new Map([
  [tokenTypes.accessToken, readAccessToken],
  [tokenTypes.refreshToken, readRefreshToken],
  [tokenTypes.idToken, readIdToken],
]);

/**
 * Reads a token that is given in return. Whatever is wrong with it, the application is told the same (RFC 8693 §2.2.2):
 * throws invalid_request.
 */
export async function readExchangeable(
  ctx: Context,
  client: Client,
  name: 'subject' | 'actor',
  { token, type }: TypedToken,
): Promise<ExchangeableToken> {
  const read = await readers.get(type)?.(ctx, client, token);
  if (!read) throw invalidRequest(`The ${name}_token is not valid, or not one that this application may use.`);
  return read;
}

const applicationSuffix = '@clients';

/** Whether a subject is an application that acts for itself. */
export function isApplication(sub: string): boolean {
  return sub.endsWith(applicationSuffix);
}

/** Who the holder of an actor_token is; without one it is the application. Throws invalid_request. */
export async function actingParty(ctx: Context, client: Client, actor: TypedToken | undefined): Promise<ActingParty> {
  const application: ActingParty = { sub: client.client_id, kind: 'application' };
  if (!actor) return application;
  const { sub, act } = await readExchangeable(ctx, client, 'actor', actor);
  if (act !== undefined) throw invalidRequest('The actor_token is itself of somebody for whom another acts.');
  if (!isApplication(sub)) return { sub, kind: 'person' };
  if (sub === client.client_id + applicationSuffix) return application;
  throw invalidRequest('The actor_token is of another application.');
}
