// Owns encrypted JWTs (RFC 7516): which algorithms are used, and which are never.
import type { KeyObject } from 'node:crypto';

/** Key management: RSA with OAEP, and ephemeral Diffie-Hellman. No password, no shared key, no RSA 1.5. */
export const jweAlgorithms = [
  'RSA-OAEP-256',
  'RSA-OAEP-384',
  'RSA-OAEP-512',
  'RSA-OAEP',
  'ECDH-ES',
  'ECDH-ES+A128KW',
  'ECDH-ES+A256KW',
] as const;
export const jweEncryptions = ['A256GCM', 'A128GCM', 'A256CBC-HS512', 'A128CBC-HS256'] as const;

export type JweAlgorithm = (typeof jweAlgorithms)[number];
export type JweEncryption = (typeof jweEncryptions)[number];

export interface Encryption {
  readonly alg: string;
  readonly enc: string;
  /** The public key of who may read it. */
  readonly key: KeyObject;
  readonly kid?: string | undefined;
  /** `JWT` when what is encrypted is one (RFC 7519 §5.2). */
  readonly cty?: string;
}

export function isJweAlgorithm(alg: string): alg is JweAlgorithm {
  return jweAlgorithms.some((known) => known === alg);
}

function isJweEncryption(enc: string): enc is JweEncryption {
  return jweEncryptions.some((known) => known === enc);
}

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Whether a key is of the type that an algorithm needs, and on a curve that is used (RFC 7518 §4.6.1.1, RFC 8037 §3.2). */
export function fitsAlgorithm(
  { asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject,
  alg: JweAlgorithm,
): boolean {
  if (alg.startsWith('RSA')) return type === 'rsa';
  return type === 'x25519' || (type === 'ec' && curves.includes(asymmetricKeyDetails?.namedCurve ?? ''));
}

/** Encrypts a text; compact serialization. Throws RangeError for an algorithm that isn't used here. */
export async function encryptJwe(text: string, { alg, enc, key, kid, cty }: Encryption): Promise<string> {
  if (!isJweAlgorithm(alg) || !isJweEncryption(enc))
    throw new RangeError(`Nothing is encrypted with ${alg} and ${enc}.`);
  const { CompactEncrypt } = await import('jose');
  const header = { alg, enc, ...(kid === undefined ? {} : { kid }), ...(cty === undefined ? {} : { cty }) };
  return new CompactEncrypt(Buffer.from(text)).setProtectedHeader(header).encrypt(key);
}

export interface DecryptionKey {
  readonly kid: string;
  readonly alg: JweAlgorithm;
  readonly privateKey: KeyObject;
}

const longest = 32_768;

async function decryptWith(jwe: string, { alg, privateKey }: DecryptionKey): Promise<string | undefined> {
  const { compactDecrypt, errors } = await import('jose');
  const options = { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [...jweEncryptions] };
  try {
    return Buffer.from((await compactDecrypt(jwe, privateKey, options)).plaintext).toString('utf8');
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined;
    throw error;
  }
}

async function headerOf(jwe: string) {
  const { decodeProtectedHeader } = await import('jose');
  try {
    return decodeProtectedHeader(jwe);
  } catch {
    return undefined;
  }
}

/**
 * Decrypts a text with one of our keys; undefined when it is none that we can or will read. Without a `kid` each of them
 * is tried. Nothing compressed is unpacked, nothing derived from a password: both are ways to make us work for ever.
 */
export async function decryptJwe(jwe: string, keys: readonly DecryptionKey[]): Promise<string | undefined> {
  if (jwe.length > longest || jwe.split('.').length !== 5) return undefined;
  const header = await headerOf(jwe);
  if (!header || 'zip' in header || 'crit' in header) return undefined;
  for (const key of keys) {
    if (key.alg !== header.alg || (header.kid !== undefined && header.kid !== key.kid)) continue;
    const text = await decryptWith(jwe, key);
    if (text !== undefined) return text;
  }
  return undefined;
}
