// Owns the settings of certificates that applications show (RFC 8705): where they come to, and who is believed.
import * as parsers from './parsers.ts';
import { row } from './setting.ts';

export interface MutualTlsConfig {
  /** The port of ours that asks for certificates; undefined where a proxy does. */
  readonly port: number | undefined;
  /** Where applications with certificates reach the server, with the trailing slash. */
  readonly url: string;
  /** The file of the authorities that certify names of applications. */
  readonly authorities: string | undefined;
  /** In which a proxy passes certificates on, in lower case. */
  readonly header: string | undefined;
}

export const mutualTlsSettings = {
  mtlsPort: row({
    name: 'WARIFU_MTLS_PORT',
    parse: parsers.port,
    otherwise: 'no such port',
    help: 'A second port, with TLS, that asks applications for certificates. It needs WARIFU_TLS.',
  }),
  mtlsUrl: row({
    name: 'WARIFU_MTLS_URL',
    parse: parsers.issuer,
    otherwise: "the issuer's host at WARIFU_MTLS_PORT, or the issuer itself where a proxy asks for certificates",
    help: 'The address at which applications with certificates reach the server.',
    confidential: true,
  }),
  mtlsAuthorities: row({
    name: 'WARIFU_MTLS_CA',
    parse: parsers.filePath,
    otherwise: 'no authority: only certificates that are registered themselves are known',
    help: "A PEM file of the authorities that certify applications' names, those in between included.",
  }),
  certificateHeader: row({
    name: 'WARIFU_CERTIFICATE_HEADER',
    parse: parsers.headerName,
    otherwise: 'none',
    help: 'The header in which a proxy passes certificates on, as RFC 9440, nginx or Envoy writes them. The proxy must remove it from what it receives.',
  }),
};

interface Values {
  readonly tls: string | undefined;
  readonly mtlsPort: number | undefined;
  readonly mtlsUrl: URL | undefined;
  readonly mtlsAuthorities: string | undefined;
  readonly certificateHeader: string | undefined;
  readonly trustedProxies: readonly string[] | undefined;
}

/** What is wrong with these settings beside the others. */
export function mutualTlsFaults({ tls, mtlsPort, mtlsUrl, certificateHeader, trustedProxies }: Values): string[] {
  const faults: string[] = [];
  if (mtlsPort !== undefined && tls === undefined) {
    faults.push('WARIFU_MTLS_PORT needs TLS: set WARIFU_TLS too, or let a proxy ask for certificates.');
  }
  if (certificateHeader !== undefined && !trustedProxies) {
    faults.push(
      'WARIFU_CERTIFICATE_HEADER is believed of no proxy: set WARIFU_TRUSTED_PROXIES to their addresses, too.',
    );
  }
  if (mtlsUrl && mtlsUrl.protocol !== 'https:') {
    faults.push('WARIFU_MTLS_URL must begin with https://, for example WARIFU_MTLS_URL=https://mtls.example.com/');
  }
  return faults;
}

/** Undefined when nobody can show a certificate. */
export function mutualTlsConfig(values: Values, issuer: URL): MutualTlsConfig | undefined {
  const { mtlsPort: port, mtlsUrl, mtlsAuthorities: authorities, certificateHeader: header } = values;
  if (port === undefined && header === undefined) return undefined;
  const own = new URL(issuer);
  if (port !== undefined) own.port = String(port);
  return { port, url: (mtlsUrl ?? own).href, authorities, header };
}
