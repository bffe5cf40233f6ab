// Owns whose a certificate of an authority is: by its subject, or by one of its other names (RFC 8705 §2.1.2).
import type { ClientCertificateNames } from './client.ts';
import { type DistinguishedName, parseDistinguishedName, sameDistinguishedName } from './distinguished-name.ts';

/** What a certificate says of its holder; IP addresses are bytes in hexadecimal. */
export interface CertifiedNames {
  readonly subject: DistinguishedName;
  readonly names: Readonly<Record<'dns' | 'uri' | 'ip' | 'email', readonly string[]>>;
}

export function hasSubject({ subject }: CertifiedNames, registered: string): boolean {
  const name = parseDistinguishedName(registered);
  return name !== undefined && sameDistinguishedName(name, subject);
}

/** An IP address as bytes in hexadecimal; undefined when it isn't one. */
function addressBytes(address: string): string | undefined {
  const hex = (numbers: readonly number[], digits: number) =>
    numbers.map((number) => number.toString(16).padStart(digits, '0')).join('');
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) {
    const octets = address.split('.').map(Number);
    return octets.every((octet) => octet < 256) ? hex(octets, 2) : undefined;
  }
  const host = URL.parse(`http://[${address}]/`)?.hostname.slice(1, -1);
  if (host === undefined) return undefined;
  const [head = '', tail] = host.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail ?? '')];
  return hex([...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after], 4);
}

/** The part after the @ is a host's name, whose case doesn't count (RFC 5280 §4.2.1.6). */
function sameEmail(a: string, b: string): boolean {
  const canonical = (address: string) => address.replace(/@[^@]*$/, (host) => host.toLowerCase());
  return canonical(a) === canonical(b);
}

/** Whether a certificate carries the name that the application registered, of whichever kind. */
export function hasRegisteredName(certificate: CertifiedNames, registered: ClientCertificateNames): boolean {
  const { dns, uri, ip, email } = certificate.names;
  const {
    tls_client_auth_subject_dn: subject,
    tls_client_auth_san_dns: host,
    tls_client_auth_san_uri: address,
    tls_client_auth_san_ip: number,
    tls_client_auth_san_email: mailbox,
  } = registered;
  if (subject !== undefined) return hasSubject(certificate, subject);
  // Exactly: a star in a certificate is no name of an application.
  if (host !== undefined) return dns.some((name) => name.toLowerCase() === host.toLowerCase());
  if (address !== undefined) return uri.includes(address);
  if (number !== undefined) return ip.includes(addressBytes(number) ?? 'no address');
  return mailbox !== undefined && email.some((name) => sameEmail(name, mailbox));
}
