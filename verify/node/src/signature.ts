// Owns signatures: which algorithms there are, and how a key of a JWKS checks one, on Node and on the Web's platforms.
import type { JsonObject } from './encoding.ts';

/** A public key that belongs to one algorithm: a token's header never chooses it (RFC 8725 §3.1). */
export interface VerificationKey {
  readonly alg: string;
  verify(data: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>): boolean | Promise<boolean>;
}

interface Algorithm {
  readonly kty: string;
  readonly crv?: string;
  readonly digest: 'SHA-256' | 'SHA-384' | 'SHA-512' | undefined;
  readonly web: { readonly name: string; readonly namedCurve?: string; readonly saltLength?: number };
}

const rsa = (digest: Algorithm['digest'], saltLength?: number): Algorithm => ({
  kty: 'RSA',
  digest,
  web: saltLength === undefined ? { name: 'RSASSA-PKCS1-v1_5' } : { name: 'RSA-PSS', saltLength },
});
const ecdsa = (crv: string, digest: Algorithm['digest']): Algorithm => ({
  kty: 'EC',
  crv,
  digest,
  web: { name: 'ECDSA', namedCurve: crv },
});

/** Asymmetric ones alone: with a shared secret an API could write what it verifies. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  RS256: rsa('SHA-256'),
  RS384: rsa('SHA-384'),
  RS512: rsa('SHA-512'),
  PS256: rsa('SHA-256', 32),
  PS384: rsa('SHA-384', 48),
  PS512: rsa('SHA-512', 64),
  ES256: ecdsa('P-256', 'SHA-256'),
  ES384: ecdsa('P-384', 'SHA-384'),
  ES512: ecdsa('P-521', 'SHA-512'),
  EdDSA: { kty: 'OKP', crv: 'Ed25519', digest: undefined, web: { name: 'Ed25519' } },
};

export const algorithmNames: readonly string[] = Object.keys(algorithms);

/** Node's own module, where there is one: it checks a signature at once, and several times as fast. */
const nodeCrypto = globalThis.process?.getBuiltinModule?.('node:crypto');

const pssPadding = 6;
const leastModulusBytes = 256;

/** A modulus in base64url, whose leading zeros count for nothing. */
function isStrong(jwk: JsonObject): boolean {
  return jwk['kty'] !== 'RSA' || (typeof jwk['n'] === 'string' && (jwk['n'].length * 3) / 4 >= leastModulusBytes);
}

/** Only what makes the key: a certificate or a private part beside it has no say. */
function publicPart({ kty, crv, n, e, x, y }: JsonObject): JsonWebKey {
  const all = { kty, crv, n, e, x, y };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === 'string'));
}

function onNode(crypto: NonNullable<typeof nodeCrypto>, alg: string, jwk: JsonWebKey): VerificationKey {
  const { digest, web } = algorithms[alg] as Algorithm;
  const key = crypto.createPublicKey({ key: jwk as { [name: string]: string }, format: 'jwk' });
  const options = {
    key,
    ...(web.name === 'ECDSA' ? { dsaEncoding: 'ieee-p1363' as const } : {}),
    ...(web.saltLength === undefined ? {} : { padding: pssPadding, saltLength: web.saltLength }),
  };
  const name = digest?.replace('-', '') ?? null;
  return { alg, verify: (data, signature) => crypto.verify(name, data, options, signature) };
}

async function onWeb(alg: string, jwk: JsonWebKey): Promise<VerificationKey> {
  const { digest, web } = algorithms[alg] as Algorithm;
  const parameters = { ...web, ...(digest === undefined ? {} : { hash: digest }) };
  const key = await crypto.subtle.importKey('jwk', jwk, parameters, false, ['verify']);
  return { alg, verify: (data, signature) => crypto.subtle.verify(parameters, key, signature, data) };
}

/** A key for an algorithm that suits it; undefined for one that doesn't, or that is too weak. */
export async function importKey(jwk: JsonObject, alg: string): Promise<VerificationKey | undefined> {
  const algorithm = Object.hasOwn(algorithms, alg) ? algorithms[alg] : undefined;
  if (!algorithm || algorithm.kty !== jwk['kty'] || (algorithm.crv !== undefined && algorithm.crv !== jwk['crv']))
    return undefined;
  if (!isStrong(jwk)) return undefined;
  try {
    return nodeCrypto ? onNode(nodeCrypto, alg, publicPart(jwk)) : await onWeb(alg, publicPart(jwk));
  } catch {
    return undefined;
  }
}

/** SHA-256. */
export function sha256(text: string): Uint8Array | Promise<Uint8Array> {
  if (nodeCrypto?.hash) return nodeCrypto.hash('sha256', text, 'buffer');
  if (nodeCrypto) return nodeCrypto.createHash('sha256').update(text).digest();
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)).then((digest) => new Uint8Array(digest));
}
