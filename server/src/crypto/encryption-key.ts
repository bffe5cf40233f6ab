// Owns the making of the keys that others encrypt with, for us to read.
import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { type DecryptionKey, type JweAlgorithm, jweAlgorithms } from './jwe.ts';
import { randomAlphanumeric } from './random.ts';

/** Key types, as a JWK names them. */
export const encryptionKeyTypes = ['RSA', 'EC'] as const;
export type EncryptionKeyType = (typeof encryptionKeyTypes)[number];

/** The type of the key that an algorithm is used with. */
export function encryptionKeyType(alg: JweAlgorithm): EncryptionKeyType {
  return alg.startsWith('RSA') ? 'RSA' : 'EC';
}

export interface GeneratedEncryptionKey {
  readonly kid: string;
  readonly publicJwk: JsonWebKey;
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string;
}

const generate = promisify(generateKeyPair);

const makers: Record<EncryptionKeyType, () => Promise<{ publicKey: KeyObject; privateKey: KeyObject }>> = {
  RSA: () => generate('rsa', { modulusLength: 2048 }),
  EC: () => generate('ec', { namedCurve: 'P-256' }),
};

export async function generateEncryptionKey(type: EncryptionKeyType): Promise<GeneratedEncryptionKey> {
  const { publicKey, privateKey } = await makers[type]();
  return {
    kid: randomAlphanumeric(22),
    publicJwk: publicKey.export({ format: 'jwk' }) as JsonWebKey,
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}

/** A key as it is used: once for each algorithm that it is good for. */
export function decryptionKeysOf(kid: string, type: EncryptionKeyType, privateKeyPem: string): DecryptionKey[] {
  const privateKey = createPrivateKey(privateKeyPem);
  return jweAlgorithms.filter((alg) => encryptionKeyType(alg) === type).map((alg) => ({ kid, alg, privateKey }));
}
