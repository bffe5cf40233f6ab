// Owns what a certificate says of itself, for who shows it to people and programs.
import { X509Certificate } from 'node:crypto';

export interface CertificateText {
  /** RFC 4514's order is the reverse: this is from the widest to the narrowest, one attribute each. */
  readonly subject: readonly string[];
  /** base64url of SHA-256. */
  readonly thumbprint: string;
  /** Hexadecimal; some identity providers still name certificates by it. */
  readonly sha1: string;
  /** Epoch milliseconds. */
  readonly notAfter: number;
  /** With CRLF, as Auth0 writes certificates. */
  readonly pem: string;
  readonly publicKeyPem: string;
}

/** Reads a certificate from PEM, or from base64 of its DER; undefined for anything else. */
export function describeCertificate(text: string): CertificateText | undefined {
  try {
    const certificate = new X509Certificate(text.includes('-----') ? text : Buffer.from(text, 'base64'));
    return {
      subject: certificate.subject.split('\n'),
      thumbprint: Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url'),
      sha1: certificate.fingerprint.replaceAll(':', '').toLowerCase(),
      notAfter: Date.parse(certificate.validTo),
      pem: certificate.toString().replaceAll('\n', '\r\n'),
      publicKeyPem: certificate.publicKey.export({ format: 'pem', type: 'spki' }) as string,
    };
  } catch {
    return undefined;
  }
}
