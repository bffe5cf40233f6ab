// Owns X.509 certificates: for signing keys, whose JWKS entries carry one, and for serving TLS by ourselves.
import { type KeyObject, X509Certificate } from 'node:crypto';
import type { KeyAlgorithm } from '#protocol/signing-algorithm';

const day = 24 * 60 * 60 * 1000;

/** Loaded only when a certificate must be made: it takes longer than the rest of a start. */
export async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly key: { readonly alg: KeyAlgorithm; readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  /** Epoch milliseconds. */
  readonly now: number;
  readonly days: number;
}

/** What a key signs its own certificate with. */
const algorithms: Record<KeyAlgorithm, Parameters<KeyObject['toCryptoKey']>[0] & { name: string }> = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  PS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  EdDSA: { name: 'Ed25519' },
};

/** A self-signed certificate for a signing key, PEM. */
export async function selfSignedCertificate({ commonName, key, now, days }: CertificateRequest): Promise<string> {
  const { X509CertificateGenerator } = await loadX509();
  const algorithm = algorithms[key.alg];
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(now),
    notAfter: new Date(now + days * day),
    signingAlgorithm: key.alg === 'ES256' ? { name: 'ECDSA', hash: 'SHA-256' } : algorithm,
    keys: {
      privateKey: key.privateKey.toCryptoKey(algorithm, true, ['sign']) as CryptoKey,
      publicKey: key.publicKey.toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
    },
  });
  return certificate.toString('pem');
}

/** The `x5t` of a certificate: its SHA-1 digest in base64url (RFC 7517 §4.8). */
export function certificateThumbprint(pem: string): string {
  return Buffer.from(new X509Certificate(pem).fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
}
