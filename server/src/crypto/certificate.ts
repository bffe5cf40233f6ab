// Owns X.509 certificates: for signing keys, whose JWKS entries carry one, and for serving TLS by ourselves.
import { type KeyObject, X509Certificate } from 'node:crypto';

const day = 24 * 60 * 60 * 1000;

/** Loaded only when a certificate must be made: it takes longer than the rest of a start. */
export async function loadX509() {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

export interface CertificateRequest {
  readonly commonName: string;
  readonly key: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  /** Epoch milliseconds. */
  readonly now: number;
  readonly days: number;
}

type Algorithm = Parameters<KeyObject['toCryptoKey']>[0] & { name: string };

const curves: Readonly<Record<string, Algorithm & { hash: string }>> = {
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
};

/** What a key signs its own certificate with. */
function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm {
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519' };
  const curve = curves[asymmetricKeyDetails?.namedCurve ?? ''];
  if (!curve) throw new RangeError(`No certificates are made for keys of the kind ${asymmetricKeyType}.`);
  return curve;
}

/** A self-signed certificate for a signing key, PEM. */
export async function selfSignedCertificate({ commonName, key, now, days }: CertificateRequest): Promise<string> {
  const { X509CertificateGenerator } = await loadX509();
  const algorithm = algorithmOf(key.publicKey);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(now),
    notAfter: new Date(now + days * day),
    signingAlgorithm: algorithm,
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
