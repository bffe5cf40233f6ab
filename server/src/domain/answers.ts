// Owns JWTs that are made for one application: signed as it registered, and encrypted if it asked for that.
import { encryptJwe, isJweAlgorithm } from '#crypto/jwe';
import { type Payload, signHmac, signJwt } from '#crypto/jwt';
import type { Client } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import type { SigningAlgorithm } from '#protocol/signing-algorithm';
import { encryptionKey } from './client-keys.ts';
import { clientSecret } from './clients.ts';
import type { Context } from './context.ts';

export interface Signature {
  readonly alg: SigningAlgorithm;
  /** The kind of JWT (RFC 8725 §3.11); JWT unless it has a name of its own. */
  readonly typ?: string;
}

type Needed = Pick<Context, 'keys' | 'vault' | 'outbound' | 'now'>;

/** Signs claims for an application: HS256 with its secret (OpenID Connect Core §10.1), everything else with our keys. */
export async function signAnswer(
  ctx: Pick<Context, 'keys' | 'vault'>,
  client: Client,
  claims: Payload,
  { alg, typ }: Signature,
): Promise<string> {
  if (alg !== 'HS256') return signJwt(claims, await ctx.keys.signer(alg), typ);
  const secret = clientSecret(ctx, client);
  if (secret === undefined) throw invalidRequest('The application wants HS256, but has no secret to sign with.');
  return signHmac(claims, Buffer.from(secret), typ);
}

/** What an application registered, in the names of JWE. */
export interface AnswerEncryption {
  readonly alg: string;
  readonly enc: string;
}

/** How an answer is encrypted; not at all without an `alg`. The default is that of every registration parameter for it. */
export function registeredEncryption(alg: string | undefined, enc = 'A128CBC-HS256'): AnswerEncryption | undefined {
  return alg === undefined ? undefined : { alg, enc };
}

export interface Protection extends Signature {
  /** Undefined: it is signed and no more. */
  readonly encryption?: AnswerEncryption | undefined;
}

/** Encrypts a text for an application; `cty` is JWT where the text is one. Throws invalid_request. */
export async function encryptAnswer(
  ctx: Needed,
  client: Client,
  text: string,
  { alg, enc, cty }: AnswerEncryption & { readonly cty?: string },
): Promise<string> {
  const read = isJweAlgorithm(alg) ? await encryptionKey(ctx, client, alg) : undefined;
  if (!read) throw invalidRequest(`The application publishes no key to encrypt with ${alg} for it.`);
  try {
    return await encryptJwe(text, { alg, enc, key: read.key, kid: read.kid, ...(cty === undefined ? {} : { cty }) });
  } catch (error) {
    if (error instanceof RangeError) throw error;
    // A key can look like one and be none, such as a point that every secret leads to nothing with.
    throw invalidRequest(`The key that the application publishes for ${alg} cannot be encrypted with.`);
  }
}

/** Signs claims, then encrypts them for the application if it wants that (RFC 7519 §11.2). Throws invalid_request. */
export async function protectAnswer(
  ctx: Needed,
  client: Client,
  claims: Payload,
  { encryption, ...signature }: Protection,
): Promise<string> {
  const signed = await signAnswer(ctx, client, claims, signature);
  return encryption ? encryptAnswer(ctx, client, signed, { ...encryption, cty: 'JWT' }) : signed;
}
