// Owns access tokens that are signed with a secret which the API knows too (HS256): how we recognise our own.
import { peekJwt, verifyForeignJwt } from '#crypto/foreign-jwt';
import { type OpenedJwt, signHmac } from '#crypto/jwt';
import { readSecret } from '#crypto/key-text';
import { decodeCanonical } from '#crypto/vault';
import type { Claims } from '#protocol/claims';
import type { ResourceServer } from '#protocol/resource-server';
import type { Context } from './context.ts';
import { findResourceServer } from './resource-servers.ts';

const secrets = new WeakMap<ResourceServer, Buffer>();

/** The secret that an API with HS256 shares with us. Throws for any other API. */
export function apiSecret(ctx: Pick<Context, 'vault'>, api: ResourceServer): Buffer {
  const known = secrets.get(api);
  if (known) return known;
  const text = api.signing_secret === undefined ? undefined : ctx.vault.unseal('api-secret', api.signing_secret);
  if (text === undefined) throw new Error('The secret of an API cannot be opened: was the master key replaced?');
  const secret = Buffer.from(text);
  secrets.set(api, secret);
  return secret;
}

/** Characters of base64url. */
const markLength = 43;

const markedBytes = (claims: Claims) => Buffer.from(JSON.stringify(claims));

/**
 * Signs claims for an API that verifies with its secret. Who knows the secret can write such tokens itself, so the `jti`
 * gets a mark that only we can make: at userinfo, at token exchange and at introspection nothing else counts.
 */
export async function signWithSecret(
  ctx: Pick<Context, 'vault'>,
  api: ResourceServer,
  claims: Claims,
  typ: string,
): Promise<string> {
  const mark = ctx.vault.mac('access-token-mark', markedBytes(claims)).toString('base64url');
  return signHmac({ ...claims, jti: `${claims['jti']}${mark}` }, apiSecret(ctx, api), typ);
}

/** The API that a token claims to be for, where that API has a secret. */
async function claimedApi(ctx: Pick<Context, 'documents'>, claims: Claims): Promise<ResourceServer | undefined> {
  const [audience] = [claims['aud']].flat();
  const api = typeof audience === 'string' ? await findResourceServer(ctx, audience) : undefined;
  return api?.signing_alg === 'HS256' ? api : undefined;
}

/** Verifies a token that we signed with the secret of its API; undefined when anything about it isn't right. */
export async function openWithSecret(
  ctx: Pick<Context, 'documents' | 'vault'>,
  token: string,
  types: readonly string[],
): Promise<OpenedJwt | undefined> {
  const peeked = peekJwt(token);
  const { alg, typ } = peeked?.header ?? {};
  if (!peeked || alg !== 'HS256' || typeof typ !== 'string' || !types.includes(typ)) return undefined;
  const api = await claimedApi(ctx, peeked.claims);
  if (!api || !verifyForeignJwt(token, [readSecret(apiSecret(ctx, api))], { algorithms: ['HS256'] })) return undefined;
  const { jti } = peeked.claims;
  const id = typeof jti === 'string' ? jti : '';
  const mark = id.slice(-markLength);
  const bytes = markedBytes({ ...peeked.claims, jti: id.slice(0, -markLength) });
  const given = decodeCanonical(mark);
  if (!given || !ctx.vault.verifyMac('access-token-mark', bytes, given)) return undefined;
  return { typ, claims: peeked.claims };
}
