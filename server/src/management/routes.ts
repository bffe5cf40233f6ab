// Owns the mounting of the Management API: every endpoint of every resource, below /api/v2.
import type { FastifyInstance } from 'fastify';
import { noStore } from '#http/headers';
import { RateLimit, rateLimitHeaders } from '#http/rate-limit';
import { ApiError } from '#protocol/api-error';
import { sendDownload } from './downloads.ts';
import { sendApiError } from './error-response.ts';
import { openApiDocument } from './openapi.ts';
import { sendReference } from './reference.ts';
import { resources } from './resources.ts';
import { respond, type Surface } from './respond.ts';

const bodyLimit = 1024 * 1024;

export interface ManagementOptions extends Surface {
  /** How often one application may call within a minute, on this node. */
  readonly requestsPerMinute: number;
}

/** Mounts everything; to be registered with the prefix /api/v2. */
export function mountManagement(app: FastifyInstance, { requestsPerMinute, ...surface }: ManagementOptions): void {
  const rate = new RateLimit(requestsPerMinute, surface.ctx.now);
  const counted: Surface = {
    ...surface,
    bearer: async (request, reply) => {
      const token = await surface.bearer(request, reply);
      const allowance = rate.count(token.client_id);
      reply.headers(rateLimitHeaders(allowance));
      if (!allowance.exceeded) return token;
      reply.header('retry-after', String(Math.max(1, allowance.reset - Math.floor(surface.ctx.now() / 1000))));
      throw new ApiError(429, 'Global limit has been reached', 'too_many_requests');
    },
  };
  app.setErrorHandler(async (error, request, reply) => sendApiError(request, reply, error));
  app.setNotFoundHandler(async (request, reply) => sendApiError(request, reply, new ApiError(404, 'Not Found')));
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(noStore);
    done();
  });
  const described = { readOnly: true };
  // Handed on as it arrives, to endpoints that read it by themselves.
  app.addContentTypeParser('multipart/form-data', (_request, payload, done) => done(null, payload));
  app.get('/downloads/:token', { config: described }, (request, reply) => sendDownload(surface.ctx, request, reply));
  app.get('/openapi.json', { config: described }, async () => openApiDocument(resources, surface.ctx.issuer));
  app.get('/reference', { config: described }, (request, reply) =>
    sendReference(resources, surface.ctx.issuer, request, reply),
  );
  for (const { endpoints } of resources) {
    for (const endpoint of endpoints) {
      app.route({
        method: endpoint.method,
        url: endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1'),
        bodyLimit: endpoint.bodyLimit ?? bodyLimit,
        config: { longBody: endpoint.body === 'stream' },
        handler: (request, reply) => respond(counted, endpoint, request, reply),
      });
    }
  }
}
