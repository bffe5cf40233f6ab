// Owns the making and reading of the keys that tokens are signed with.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyAlgorithm } from '#protocol/signing-algorithm';
import { randomAlphanumeric } from './random.ts';

type JsonWebKey = webcrypto.JsonWebKey;

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

/** RSA takes tens to hundreds of milliseconds, in the thread pool. */
const rsa = (): Promise<KeyPair> => generate('rsa', { modulusLength: 2048 });

const makers: Record<KeyAlgorithm, () => Promise<KeyPair>> = {
  RS256: rsa,
  PS256: rsa,
  ES256: () => generate('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generate('ed25519'),
};

export interface GeneratedKey extends KeyPair {
  /** Letters and digits, so that a command's argument never looks like an option. */
  readonly kid: string;
  readonly alg: KeyAlgorithm;
  readonly publicJwk: JsonWebKey;
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string;
}

/** Makes a key for one algorithm. RSA keys have 2048 bits. */
export async function generateSigningKey(alg: KeyAlgorithm = 'RS256'): Promise<GeneratedKey> {
  const { privateKey, publicKey } = await makers[alg]();
  return {
    kid: randomAlphanumeric(22),
    alg,
    publicJwk: publicKey.export({ format: 'jwk' }) as JsonWebKey,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    privateKey,
    publicKey,
  };
}

export function readPrivateKey(pem: string): KeyObject {
  return createPrivateKey(pem);
}

export function readPublicKey(jwk: JsonWebKey): KeyObject {
  return createPublicKey({ key: jwk, format: 'jwk' });
}
