// Owns a server certificate for an RSA key: FAPI 1.0 §8.5 knows no ciphers for others, and ours is of another kind.
import { randomBytes, webcrypto } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadX509 } from '../../server/src/crypto/certificate.ts';
import { loadServerCertificate } from '../../server/src/crypto/local-ca.ts';

const day = 24 * 60 * 60 * 1000;
const ofAuthority = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const ofServer = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};

const base64 = (bytes: ArrayBuffer) => Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n');

/** Puts it where a server with this data directory, which must not run, finds its own. */
export async function useRsaCertificate(data: string): Promise<void> {
  const now = Date.now();
  const { ca } = await loadServerCertificate(data, 'localhost', now);
  const directory = join(data, 'tls');
  const x509 = await loadX509();
  const { subtle } = webcrypto;
  const keys = await subtle.generateKey(ofServer, true, ['sign', 'verify']);
  const authority = x509.PemConverter.decodeFirst(readFileSync(join(directory, 'ca-key.pem'), 'utf8'));
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    subject: 'CN=localhost',
    issuer: new x509.X509Certificate(ca).subject,
    notBefore: new Date(now - day),
    notAfter: new Date(now + 300 * day),
    publicKey: keys.publicKey as CryptoKey,
    signingKey: (await subtle.importKey('pkcs8', authority, ofAuthority, false, ['sign'])) as CryptoKey,
    signingAlgorithm: ofAuthority,
    extensions: [
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  const key = base64(await subtle.exportKey('pkcs8', keys.privateKey));
  writeFileSync(join(directory, 'cert.pem'), `${certificate.toString('pem')}\n`);
  writeFileSync(join(directory, 'key.pem'), `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`);
}
