// Owns certificates for tests: of an authority, of applications, and of nobody.
import { createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import { loadX509 } from '#crypto/certificate';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const day = 24 * 60 * 60 * 1000;

export interface TestCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly privateKey: KeyObject;
}

export interface CertificateWish {
  /** In the order of the certificate, which is not that of RFC 4514. */
  readonly subject: string;
  readonly names?: readonly { readonly type: 'dns' | 'url' | 'ip' | 'email'; readonly value: string }[];
  /** Itself, unless given. */
  readonly issuer?: TestCertificate;
  readonly isAuthority?: boolean;
  readonly usage?: 'client' | 'server';
  /** Epoch milliseconds, in the middle of its life. */
  readonly now: number;
}

/** A certificate for a new P-256 key, in force for a day before and after a moment. */
export async function makeCertificate(wish: CertificateWish): Promise<TestCertificate> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  const issuer = wish.issuer && new x509.X509Certificate(wish.issuer.cert);
  const usages = { client: x509.ExtendedKeyUsage.clientAuth, server: x509.ExtendedKeyUsage.serverAuth };
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex')}`,
    subject: wish.subject,
    issuer: issuer?.subject ?? wish.subject,
    notBefore: new Date(wish.now - day),
    notAfter: new Date(wish.now + day),
    publicKey: keys.publicKey as CryptoKey,
    signingKey: (wish.issuer?.privateKey.toCryptoKey(algorithm, false, ['sign']) ?? keys.privateKey) as CryptoKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(wish.isAuthority ?? false, undefined, true),
      ...(wish.usage ? [new x509.ExtendedKeyUsageExtension([usages[wish.usage]])] : []),
      ...(wish.names ? [new x509.SubjectAlternativeNameExtension([...wish.names])] : []),
    ],
  });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  return { cert: certificate.toString('pem'), key: String(pem), privateKey };
}

/** What a proxy passes a certificate on in, as RFC 9440 has it. */
export const certificateHeader = 'client-cert';

export const base64Of = ({ cert }: TestCertificate) => new X509Certificate(cert).raw.toString('base64');

export function shown(certificate: TestCertificate | undefined): Record<string, string> {
  return certificate ? { [certificateHeader]: `:${base64Of(certificate)}:` } : {};
}
