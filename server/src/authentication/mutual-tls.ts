// Owns the certificates that requests come with: who they are believed from, and what they say.
import type { FastifyRequest } from 'fastify';
import {
  type CertificateAuthority,
  type ClientCertificate,
  readAuthorities,
  readClientCertificate,
} from '#crypto/client-certificate';
import { type CertificateFinder, certificateFinder } from '#http/client-certificate';
import type { TrustedProxies } from '#http/proxies';
import { invalidRequest } from '#protocol/oauth-error';

export interface MutualTls {
  /** Where clients with certificates reach the server, with the trailing slash; undefined where they can't. */
  readonly url: string | undefined;
  readonly authorities: readonly CertificateAuthority[];
  readonly find: CertificateFinder;
}

export interface MutualTlsOptions {
  readonly url?: string | undefined;
  /** PEM of the authorities that certify names of applications. */
  readonly authorities?: string | undefined;
  /** In which a proxy passes certificates on, in lower case. */
  readonly header?: string | undefined;
}

/** Throws an Error when the authorities cannot be read. */
export function createMutualTls(
  proxies: TrustedProxies,
  { url, authorities, header }: MutualTlsOptions = {},
): MutualTls {
  return {
    url,
    authorities: authorities === undefined ? [] : readAuthorities(authorities),
    find: certificateFinder(header === undefined ? undefined : { name: header, proxies }),
  };
}

/** One request is asked more than once. */
const read = new WeakMap<FastifyRequest, ClientCertificate>();

/** The certificate that the sender of a request has the key of; undefined when there is none. Throws invalid_request. */
export function certificateOf(
  { mtls }: { readonly mtls: MutualTls },
  request: FastifyRequest,
): ClientCertificate | undefined {
  const known = read.get(request);
  if (known) return known;
  const der = mtls.find(request);
  if (der === undefined) return undefined;
  const certificate = readClientCertificate(der);
  if (!certificate) throw invalidRequest('The client certificate cannot be read.');
  read.set(request, certificate);
  return certificate;
}
