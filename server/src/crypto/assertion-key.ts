// Owns the making of the keys by which this server proves itself at other identity providers (RFC 7523 §2.2).
import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { selfSignedCertificate } from './certificate.ts';
import { jwkThumbprint } from './jwk-thumbprint.ts';

export const assertionAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'ES256', 'ES384'] as const;
export type AssertionAlgorithm = (typeof assertionAlgorithms)[number];

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const generate = promisify(generateKeyPair);

function generateFor(alg: AssertionAlgorithm): Promise<KeyPair> {
  if (alg === 'ES256') return generate('ec', { namedCurve: 'P-256' });
  if (alg === 'ES384') return generate('ec', { namedCurve: 'P-384' });
  return generate('rsa', { modulusLength: 2048 });
}

export interface AssertionKey {
  /** The thumbprint (RFC 7638), by which the other side knows it. */
  readonly kid: string;
  /** PEM, for a year. */
  readonly certificate: string;
  /** PKCS #8, PEM. */
  readonly privateKeyPem: string;
}

/** Makes a key with a certificate in a name. `now` is in epoch milliseconds. RSA keys have 2048 bits. */
export async function generateAssertionKey(
  alg: AssertionAlgorithm,
  { commonName, now }: { readonly commonName: string; readonly now: number },
): Promise<AssertionKey> {
  const key = await generateFor(alg);
  return {
    kid: jwkThumbprint(key.publicKey),
    certificate: await selfSignedCertificate({ commonName, key, now, days: 365 }),
    privateKeyPem: key.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  };
}
