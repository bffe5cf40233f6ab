// Owns the certificates that applications show: what they say, who issued them, and their thumbprint.
import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import type { DistinguishedName, NameAttribute } from '#protocol/distinguished-name';
import { DerMalformed, readElements, readOid } from './der.ts';

/** What a certificate says of its holder. */
export interface ClientCertificate {
  /** `x5t#S256`: SHA-256 of the DER in base64url (RFC 8705 §3.1). */
  readonly thumbprint: string;
  readonly subject: DistinguishedName;
  /** Its subject alternative names, by kind. IP addresses are bytes in hexadecimal. */
  readonly names: Readonly<Record<'dns' | 'uri' | 'ip' | 'email', readonly string[]>>;
  readonly publicKey: KeyObject;
  readonly x509: X509Certificate;
}

/** Whoever may say whose a key is. */
export type CertificateAuthority = X509Certificate;

const textTags: Readonly<Record<number, string>> = {
  12: 'utf-8',
  19: 'latin1',
  20: 'latin1',
  22: 'latin1',
  30: 'utf-16be',
};

function attributeOf(bytes: Uint8Array): NameAttribute {
  const [type, value] = readElements(bytes);
  if (!type || !value) throw new DerMalformed('an attribute without a value');
  const encoding = textTags[value.tag];
  const text = encoding === undefined ? undefined : new TextDecoder(encoding).decode(value.content);
  return { type: readOid(type.content), text, der: Buffer.from(value.whole).toString('hex') };
}

function nameOf(bytes: Uint8Array): DistinguishedName {
  return readElements(bytes).map((relative) =>
    readElements(relative.content).map(({ content }) => attributeOf(content)),
  );
}

const alternativeNames = '2.5.29.17';
const kinds: Readonly<Record<number, 'dns' | 'uri' | 'ip' | 'email'>> = {
  129: 'email',
  130: 'dns',
  134: 'uri',
  135: 'ip',
};

function alternativeNamesOf(extensions: Uint8Array): ClientCertificate['names'] {
  const names = { dns: [] as string[], uri: [] as string[], ip: [] as string[], email: [] as string[] };
  for (const extension of readElements(extensions)) {
    const parts = readElements(extension.content);
    if (!parts[0] || readOid(parts[0].content) !== alternativeNames) continue;
    const [sequence] = readElements(parts.at(-1)?.content ?? new Uint8Array());
    for (const { tag, content } of readElements(sequence?.content ?? new Uint8Array())) {
      const kind = kinds[tag];
      if (kind) names[kind].push(Buffer.from(content).toString(kind === 'ip' ? 'hex' : 'latin1'));
    }
  }
  return names;
}

/** The parts of a certificate that Node gives only as texts for people (RFC 5280 §4.1). */
function partsOf(der: Uint8Array): Pick<ClientCertificate, 'subject' | 'names'> {
  const [certificate] = readElements(der);
  const [body] = readElements(certificate?.content ?? new Uint8Array());
  const fields = readElements(body?.content ?? new Uint8Array());
  const [first] = fields;
  // The version comes first, unless it is the oldest; then serial number, algorithm, issuer, validity and subject.
  const subject = fields[first?.tag === 0xa0 ? 5 : 4];
  if (subject?.tag !== 0x30) throw new DerMalformed('no subject');
  const [extensions] = readElements(fields.find(({ tag }) => tag === 0xa3)?.content ?? new Uint8Array());
  return {
    subject: nameOf(subject.content),
    names: alternativeNamesOf(extensions?.content ?? new Uint8Array()),
  };
}

/** Reads a certificate, DER or PEM; undefined when it isn't one. */
export function readClientCertificate(bytes: Uint8Array | string): ClientCertificate | undefined {
  try {
    const x509 = new X509Certificate(bytes);
    const thumbprint = createHash('sha256').update(x509.raw).digest('base64url');
    return { thumbprint, publicKey: x509.publicKey, x509, ...partsOf(x509.raw) };
  } catch {
    return undefined;
  }
}

/** Whether a certificate is valid at a moment, in epoch milliseconds. */
export function isInForce({ x509 }: Pick<ClientCertificate, 'x509'>, now: number): boolean {
  return x509.validFromDate.getTime() <= now && now < x509.validToDate.getTime();
}

const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';

/** Whether the certificate is for clients to identify themselves with, as far as it says what it is for. */
function isForClients({ x509 }: ClientCertificate): boolean {
  const { keyUsage } = x509 as { keyUsage?: readonly string[] };
  return !keyUsage || keyUsage.includes(clientAuthentication) || keyUsage.includes(anyUsage);
}

/**
 * Whether one of the authorities issued a certificate for clients, which is in force (RFC 5280 §6.1). Each of them is
 * trusted by itself: an authority in between must be among them.
 */
export function isIssuedBy(
  certificate: ClientCertificate,
  authorities: readonly CertificateAuthority[],
  now: number,
): boolean {
  const { x509 } = certificate;
  return (
    isInForce(certificate, now) &&
    isForClients(certificate) &&
    authorities.some(
      (authority) =>
        authority.ca &&
        isInForce({ x509: authority }, now) &&
        x509.checkIssued(authority) &&
        x509.verify(authority.publicKey),
    )
  );
}

/** Reads a bundle of authorities, PEM. Throws RangeError when it holds none, or something that is no certificate. */
export function readAuthorities(bundle: string): readonly CertificateAuthority[] {
  const found = bundle.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new RangeError('The bundle of authorities holds no certificate.');
  return found.map((pem) => {
    const read = readClientCertificate(pem);
    if (!read) throw new RangeError('The bundle of authorities holds a certificate that cannot be read.');
    return read.x509;
  });
}
