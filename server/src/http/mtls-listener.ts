// Owns the second listener, which asks for certificates: browsers on the first one would be asked too.
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { tlsRules } from './tls.ts';

export interface MtlsListenerOptions {
  readonly port: number;
  readonly host: string;
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface MtlsListener {
  readonly port: number;
  /** Resolves when the requests in flight are answered. */
  close(): Promise<void>;
}

/**
 * Listens with TLS for an application that is ready, and asks for certificates, but demands none: which of them count is
 * decided where it is known whose they should be. Rejects when the port is taken.
 */
export async function listenForCertificates(
  app: FastifyInstance,
  { port, host, cert, key }: MtlsListenerOptions,
): Promise<MtlsListener> {
  const { requestTimeout, headersTimeout, keepAliveTimeout } = app.server;
  // Unverified chains pass the handshake: one that is registered as it is has no authority (RFC 8705 §2.2).
  const asking = { requestCert: true, rejectUnauthorized: false };
  const options = { ...tlsRules, cert, key, ...asking, requestTimeout, headersTimeout, keepAliveTimeout };
  const server = createServer(options, (request, response) => app.routing(request, response));
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      await closed;
    },
  };
}
