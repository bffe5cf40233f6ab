// Owns the certificate authority of one machine: https for development, without a stranger's signature.
import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { closeSync, fchmodSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { loadX509 } from './certificate.ts';

const day = 24 * 60 * 60 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const caDays = 3650;
const leafDays = 397;
const renewBeforeDays = 30;

export interface ServerCertificate {
  /** Path of the authority's certificate: what clients are told to trust, for example by NODE_EXTRA_CA_CERTS. */
  readonly caPath: string;
  /** PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

function writeFile(path: string, text: string, mode: number): void {
  const file = openSync(path, 'w', mode);
  // The mode above is for a new file only.
  fchmodSync(file, mode);
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
}

/** A certificate for a new key; signed by that key itself when there is no authority yet. */
async function issue(
  now: number,
  days: number,
  subject: string,
  hosts: readonly string[] | undefined,
  authority: Pair | undefined,
): Promise<Pair> {
  const x509 = await loadX509();
  const { subtle } = globalThis.crypto;
  const keys = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const pem = async (key: CryptoKey) =>
    `-----BEGIN PRIVATE KEY-----\n${Buffer.from(await subtle.exportKey('pkcs8', key))
      .toString('base64')
      .replace(/.{64}/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
  const signer = authority && {
    issuer: new x509.X509Certificate(authority.cert).subject,
    signingKey: await subtle.importKey('pkcs8', x509.PemConverter.decodeFirst(authority.key), algorithm, false, [
      'sign',
    ]),
  };
  const certificate = await x509.X509CertificateGenerator.create({
    // Positive, as RFC 5280 §4.1.2.2 asks.
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    subject,
    issuer: signer?.issuer ?? subject,
    notBefore: new Date(now - day),
    notAfter: new Date(now + days * day),
    publicKey: keys.publicKey,
    signingKey: signer?.signingKey ?? keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: hosts
      ? [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
          new x509.SubjectAlternativeNameExtension(
            hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host })),
          ),
        ]
      : [
          new x509.BasicConstraintsExtension(true, 0, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        ],
  });
  return { cert: `${certificate.toString('pem')}\n`, key: await pem(keys.privateKey) };
}

/** A certificate with the key that it is for; undefined when one is missing, damaged or of another pair. */
function readPair(certPath: string, keyPath: string): Pair | undefined {
  try {
    const pair = { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
    return new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)) ? pair : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a certificate lasts for longer than so many days. */
function lasts({ cert }: Pair, days: number, now: number): boolean {
  return new X509Certificate(cert).validToDate.getTime() - now > days * day;
}

function stillServes(leaf: Pair, hosts: readonly string[], ca: Pair, now: number): boolean {
  const certificate = new X509Certificate(leaf.cert);
  const covers = hosts.every(
    (host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined,
  );
  return lasts(leaf, renewBeforeDays, now) && covers && certificate.verify(new X509Certificate(ca.cert).publicKey);
}

/**
 * Loads the authority and the server's certificate from `tls/` in the data directory, and makes what is missing, runs
 * out within 30 days, doesn't name the host, or is damaged. `now` in epoch milliseconds; `host` as in the issuer.
 */
export async function loadServerCertificate(
  dataDirectory: string,
  host: string,
  now: number,
): Promise<ServerCertificate> {
  const directory = join(dataDirectory, 'tls');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = (name: string) => join(directory, name);
  const hosts = [...new Set([host.replace(/^\[|\]$/g, ''), 'localhost', '127.0.0.1', '::1'])];
  let ca = readPair(path('ca.pem'), path('ca-key.pem'));
  // An authority that ends before what it signs would make that worthless.
  if (!ca || !lasts(ca, leafDays, now)) {
    ca = await issue(now, caDays, 'CN=Warifu local authority', undefined, undefined);
    writeFile(path('ca-key.pem'), ca.key, 0o600);
    writeFile(path('ca.pem'), ca.cert, 0o644);
  }
  let leaf = readPair(path('cert.pem'), path('key.pem'));
  if (!leaf || !stillServes(leaf, hosts, ca, now)) {
    leaf = await issue(now, leafDays, `CN=${hosts[0]}`, hosts, ca);
    writeFile(path('key.pem'), leaf.key, 0o600);
    writeFile(path('cert.pem'), leaf.cert, 0o644);
  }
  return { caPath: path('ca.pem'), ca: ca.cert, cert: leaf.cert, key: leaf.key };
}
