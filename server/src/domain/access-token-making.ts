// Owns the making of access tokens: JWTs for an API, signed and perhaps encrypted as it wants, sealed texts for userinfo.
import { encryptJwe } from '#crypto/jwe';
import { signJwt } from '#crypto/jwt';
import { type ReadKey, readPem } from '#crypto/key-text';
import { randomId } from '#crypto/random';
import { type AccessTokenFacts, accessTokenClaims, accessTokenType, userinfoAudience } from '#protocol/access-token';
import type { Claims } from '#protocol/claims';
import type { ResourceServer } from '#protocol/resource-server';
import { tokenId } from '#protocol/revocation';
import { statusListAddress } from '#protocol/status-list';
import { signWithSecret } from './api-secrets.ts';
import type { Context } from './context.ts';

/** What an access token is for. */
export interface AccessTokenSubject extends Omit<AccessTokenFacts, 'issuer' | 'audience' | 'jti' | 'nowSec'> {
  /** Undefined when the token is for userinfo alone. */
  readonly api: ResourceServer | undefined;
  readonly family_id: string;
  readonly position: number;
  /** What stands for the person; empty when there is none. */
  readonly subject: string;
}

type Encryption = NonNullable<ResourceServer['token_encryption']>;

const encryptionKeys = new WeakMap<Encryption, ReadKey>();

/** Encrypts a signed token for the API that alone shall read it (RFC 7519 §11.2). */
async function encryptFor(encryption: Encryption, signed: string): Promise<string> {
  const { alg, kid, pem } = encryption.encryption_key;
  const read = encryptionKeys.get(encryption) ?? readPem(pem);
  encryptionKeys.set(encryption, read);
  return encryptJwe(signed, { alg, enc: 'A256GCM', key: read.key, kid, cty: 'JWT' });
}

/** The entry of a token in a status list. Nobody but us verifies the Management API's, and they are long already. */
async function statusOf(ctx: Context, facts: AccessTokenFacts, api: ResourceServer, name: string) {
  if (api.is_system) return { status_list: undefined, written: undefined };
  const { jti, sid, client_id, audience, nowSec, lifetimeSec } = facts;
  const expiresAt = (nowSec + lifetimeSec) * 1000;
  const token = { jti, sid, client_id, audience: [audience] };
  const { list, idx, written } = await ctx.statuses.entryFor({ token, name, expiresAt });
  return { status_list: { idx, uri: statusListAddress(ctx.issuer, list) }, written };
}

function sign(ctx: Context, claims: Claims, api: ResourceServer): Promise<string> {
  const typ = accessTokenType(api.token_dialect);
  if (api.signing_alg === 'HS256') return signWithSecret(ctx, api, claims, typ);
  return ctx.keys.signer(api.signing_alg).then((key) => signJwt(claims, key, typ));
}

async function createJwt(ctx: Context, facts: AccessTokenFacts, api: ResourceServer, name: string): Promise<string> {
  const { status_list, written } = await statusOf(ctx, facts, api, name);
  const claims = accessTokenClaims({ ...facts, status_list }, api.token_dialect);
  const [signed] = await Promise.all([sign(ctx, claims, api), written]);
  return api.token_encryption ? encryptFor(api.token_encryption, signed) : signed;
}

/** Makes an access token: a JWT for an API, else an opaque one, which costs no write either. */
export async function createAccessToken(
  ctx: Context,
  { api, family_id: authorization, position, subject, ...said }: AccessTokenSubject,
  nowSec: number,
): Promise<string> {
  const audience = api?.identifier ?? userinfoAudience(ctx.issuer);
  const jti = tokenId({ authorization, position, subject, random: randomId() });
  const facts = { ...said, issuer: ctx.issuer, audience, jti, nowSec };
  // An application that acts for itself has an authorization of its own for every token.
  if (api) return createJwt(ctx, facts, api, `${subject === '' ? said.client_id : authorization} ${audience}`);
  // Issuer and audience are always the same, and nobody but us reads it.
  const { iss, aud, ...claims } = accessTokenClaims(facts);
  return ctx.vault.seal('opaque-access-token', JSON.stringify(claims));
}
