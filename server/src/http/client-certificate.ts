// Owns where a client's certificate is found: in the TLS connection, or in a header of a proxy that ends TLS for us.
import type { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { invalidRequest } from '#protocol/oauth-error';
import type { TrustedProxies } from './proxies.ts';

export interface CertificateHeader {
  /** In lower case. */
  readonly name: string;
  /** The proxies that are believed. */
  readonly proxies: TrustedProxies;
}

const malformed = 'The certificate that the proxy passes on cannot be read.';

/** The DER in a PEM, which a URL encodes. */
function fromEscapedPem(text: string): Uint8Array {
  let pem: string;
  try {
    pem = decodeURIComponent(text);
  } catch {
    throw invalidRequest(malformed);
  }
  const body = /^\s*-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1];
  if (body === undefined) throw invalidRequest(malformed);
  return Buffer.from(body, 'base64');
}

/**
 * The DER in a header: bytes between colons (RFC 9440 §2.1), Envoy's x-forwarded-client-cert, or PEM as nginx has it in
 * $ssl_client_escaped_cert. Throws invalid_request for anything else, and for the certificates of several hops.
 */
function readCertificateHeader(text: string): Uint8Array {
  const bytes = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(text)?.[1];
  if (bytes !== undefined) return Buffer.from(bytes, 'base64');
  if (/^-----BEGIN/.test(text)) return fromEscapedPem(text);
  const elements = text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
  const certificates = [...text.matchAll(/(?:^|[;,])Cert="([^"]*)"/gi)];
  const [only] = certificates;
  if (elements.length !== 1 || certificates.length !== 1 || only === undefined) throw invalidRequest(malformed);
  return fromEscapedPem(only[1] ?? '');
}

/** Finds the DER of a request's certificate; undefined when there is none. */
export type CertificateFinder = (request: FastifyRequest) => Uint8Array | undefined;

/**
 * Makes the finder. A proxy that is believed speaks for its clients, and only by the header; from anybody else the
 * header counts for nothing.
 */
export function certificateFinder(header: CertificateHeader | undefined): CertificateFinder {
  return (request) => {
    const { socket } = request.raw;
    if (header?.proxies.includes(socket.remoteAddress ?? '')) {
      const text = request.headers[header.name];
      if (Array.isArray(text)) throw invalidRequest(malformed);
      return text === undefined || text === '' ? undefined : readCertificateHeader(text);
    }
    // A socket without TLS has no such method.
    return (socket as Partial<TLSSocket>).getPeerX509Certificate?.()?.raw;
  };
}
