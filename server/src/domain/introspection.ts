// Owns what an application is told of a token: only of its own, and of those for the API that it is (RFC 7662).
import type { Claims } from '#protocol/claims';
import type { Client } from '#protocol/client';
import type { RefreshTokenRow } from '#storage/tables/refresh-tokens';
import { findAccessToken, type PresentedToken } from './access-tokens.ts';
import type { Context } from './context.ts';
import { familyDetails, findRefreshToken } from './refresh-tokens.ts';
import { subjectFor } from './subjects.ts';
import { findUser } from './users.ts';

/** RFC 7662 §2.2. Times are in seconds. */
export type Introspection = { readonly active: false } | { readonly active: true; readonly [member: string]: unknown };

/** Of every other token nothing is said, not even why (RFC 7662 §2.2). */
const inactive: Introspection = { active: false };

/** What is told of an access token, where it says it. An encrypted token's other claims are its API's alone to read. */
const told = [
  ...['scope', 'client_id', 'sub', 'aud', 'iss', 'jti', 'iat', 'nbf', 'exp', 'sid', 'auth_time', 'acr', 'amr'],
  ...['cnf', 'act', 'may_act', 'authorization_details', 'permissions', 'org_id', 'org_name'],
];

/** Tokens of others are none of the asker's business, whether they are valid or not. */
function mayAsk(asker: Client, { client_id, audience }: PresentedToken): boolean {
  const { resource_server_identifier: api } = asker;
  return client_id === asker.client_id || (api !== undefined && audience.includes(api));
}

function tellAccessToken(issuer: string, { claims, client_id, audience, confirmation }: PresentedToken): Introspection {
  const said: Claims = { iss: issuer, aud: audience.length === 1 ? audience[0] : audience, ...claims, client_id };
  const members = told.flatMap((name) => (said[name] === undefined || said[name] === '' ? [] : [[name, said[name]]]));
  // RFC 9449 §6.2: the type says how the token must be presented.
  return {
    active: true,
    token_type: confirmation?.jkt === undefined ? 'Bearer' : 'DPoP',
    ...Object.fromEntries(members),
  };
}

/** Neither an audience nor a type: nobody shall take it for an access token. */
async function tellRefreshToken(ctx: Context, client: Client, family: RefreshTokenRow): Promise<Introspection> {
  const user = await findUser(ctx, family.user_id);
  if (!user || user.blocked) return inactive;
  const { client_id, scope, sid, created_at, expires_at, idle_expires_at } = family;
  const end = Math.min(expires_at ?? Infinity, idle_expires_at ?? Infinity);
  const { confirmation, authorization_details } = familyDetails(family);
  return {
    active: true,
    scope,
    client_id,
    sub: subjectFor(ctx, client, user.user_id),
    // Who knows a person by a name of its own sector shall not learn one that all know.
    ...(user.email === null || client.subject_type === 'pairwise' ? {} : { username: user.email }),
    iss: ctx.issuer,
    iat: Math.floor(created_at / 1000),
    ...(end === Infinity ? {} : { exp: Math.floor(end / 1000) }),
    ...(sid === null ? {} : { sid }),
    ...(confirmation === undefined ? {} : { cnf: confirmation }),
    ...(authorization_details === undefined ? {} : { authorization_details }),
  };
}

/**
 * Says what a token is worth to the application that asks. Of an access token it costs no query but the one whether it was
 * revoked. When the database cannot be asked it throws: an outage is never told as an end.
 */
export async function introspectToken(ctx: Context, asker: Client, token: string): Promise<Introspection> {
  const presented = await findAccessToken(ctx, token);
  if (presented) return mayAsk(asker, presented) ? tellAccessToken(ctx.issuer, presented) : inactive;
  const family = await findRefreshToken(ctx, asker, token);
  return family ? tellRefreshToken(ctx, asker, family) : inactive;
}
