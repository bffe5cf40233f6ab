// Owns the making and reading of the keys that tokens are signed with.
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, type webcrypto } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm } from './jwt.ts';
import { randomId } from './random.ts';

type JsonWebKey = webcrypto.JsonWebKey;

const generate = promisify(generateKeyPair);

export interface GeneratedKey {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: JsonWebKey;
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Makes an RSA key of 2048 bits for RS256. Takes tens to hundreds of milliseconds, in the thread pool. */
export async function generateSigningKey(): Promise<GeneratedKey> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: 2048 });
  return {
    kid: randomId(),
    alg: 'RS256',
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
