// Owns the reading of a key from text, PEM or JWK, and which JWS algorithms a key is good for (RFC 7518, RFC 8037, RFC 9964).
import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { isSameAlgorithm } from '#protocol/signing-algorithm';

export interface ReadKey {
  readonly key: KeyObject;
  readonly kid: string | undefined;
  /** Best known first. The algorithm belongs to the key: no token chooses another (RFC 8725 §3.1). */
  readonly algorithms: readonly string[];
}

export const hmacAlgorithms: readonly string[] = ['HS256', 'HS384', 'HS512'];
const rsaPss = ['PS256', 'PS384', 'PS512'];
const curves: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };
const byType: Readonly<Record<string, readonly string[]>> = {
  rsa: ['RS256', 'RS384', 'RS512', ...rsaPss],
  'rsa-pss': rsaPss,
  ed25519: ['EdDSA', 'Ed25519'],
  'ml-dsa-44': ['ML-DSA-44'],
  'ml-dsa-65': ['ML-DSA-65'],
  'ml-dsa-87': ['ML-DSA-87'],
};

/** Every algorithm that some key is good for. */
export const signatureAlgorithms: readonly string[] = [
  ...hmacAlgorithms,
  ...new Set(Object.values(byType).flat()),
  ...Object.values(curves),
];

/** The bytes that a secret needs at least: as many as the hash has (RFC 7518 §3.2). */
export function minimumSecretBytes(algorithm: string): number {
  return Number(algorithm.slice(2)) / 8;
}

function algorithmsOf(key: KeyObject): readonly string[] {
  if (key.type === 'secret') return hmacAlgorithms;
  const { asymmetricKeyType = '', asymmetricKeyDetails: details } = key;
  if (asymmetricKeyType === 'rsa-pss' && details?.hashAlgorithm !== undefined) {
    return rsaPss.filter((name) => name === `PS${details.hashAlgorithm?.slice('sha'.length)}`);
  }
  if (asymmetricKeyType !== 'ec') return byType[asymmetricKeyType] ?? [];
  const algorithm = curves[details?.namedCurve ?? ''];
  return algorithm === undefined ? [] : [algorithm];
}

export function readSecret(bytes: Uint8Array): ReadKey {
  return { key: createSecretKey(bytes), kid: undefined, algorithms: hmacAlgorithms };
}

/** Reads a private key, a public key or a certificate. Throws what OpenSSL says. */
export function readPem(text: string): ReadKey {
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ? createPrivateKey(text) : createPublicKey(text);
  return { key, kid: undefined, algorithms: algorithmsOf(key) };
}

/** RSA keys of 2048 bits and more (RFC 7518 §3.3, §4.3), up to what can be computed with; and exponents that do something. */
export function isStrongKey({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type !== 'rsa' && type !== 'rsa-pss') return true;
  const { modulusLength = 0, publicExponent = 0n } = details ?? {};
  return modulusLength >= 2048 && modulusLength <= 16_384 && publicExponent >= 3n && publicExponent < 2n ** 64n;
}

function keyOf(jwk: JsonWebKey): KeyObject {
  if (jwk.kty === 'oct') return createSecretKey(String(jwk.k), 'base64url');
  const input = { key: jwk, format: 'jwk' } as const;
  return 'd' in jwk || 'priv' in jwk ? createPrivateKey(input) : createPublicKey(input);
}

/** Reads a JWK (RFC 7517). Its `alg`, if it has one, narrows what the key is for; a key for encryption is for nothing. */
export function readJwk(jwk: Readonly<Record<string, unknown>>): ReadKey {
  const key = keyOf(jwk as JsonWebKey);
  const kid = typeof jwk['kid'] === 'string' ? jwk['kid'] : undefined;
  const { alg } = jwk as { alg?: unknown };
  const suitable = algorithmsOf(key).filter((name) => alg === undefined || isSameAlgorithm(String(alg), name));
  return { key, kid, algorithms: jwk['use'] === undefined || jwk['use'] === 'sig' ? suitable : [] };
}

/** The half that verifies. A secret is its own. */
export function verifyingHalf(read: ReadKey): ReadKey {
  return read.key.type === 'private' ? { ...read, key: createPublicKey(read.key) } : read;
}
