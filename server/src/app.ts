// Owns the list of everything that is mounted, and how refusals are told: JSON to applications, pages to people.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PasswordQueueFull } from '#crypto/password-hash';
import { randomId } from '#crypto/random';
import { verifyAccessToken } from '#domain/access-tokens';
import type { Context } from '#domain/context';
import { demoAudience, demoClientId } from '#domain/demo';
import { CookiesMissing, JourneyEnded } from '#domain/journey-ended';
import { createCookieJar } from '#http/cookies';
import { TrustedProxies } from '#http/proxies';
import { createServer, type ServerOptions } from '#http/server';
import { managementAudience } from '#protocol/access-token';
import { ApiError } from '#protocol/api-error';
import { OAuthError } from '#protocol/oauth-error';
import { bearerToken } from './authentication/bearer.ts';
import { sendOAuthError } from './authentication/error-response.ts';
import { createMutualTls, type MutualTlsOptions } from './authentication/mutual-tls.ts';
import { createFeedAccess, type RevocationReaders } from './authentication/revocation-readers.ts';
import type { Edge } from './authentication/route.ts';
import { routes as authenticationRoutes } from './authentication/routes.ts';
import { createWaits } from './authentication/waits.ts';
import { devRoutes } from './dev/routes.ts';
import { sendEndedPage, sendRefusalPage } from './login/refusal-page.ts';
import { loginRoutes } from './login/routes.ts';
import { mountManagement } from './management/routes.ts';

/** What the client is told of an error; whatever isn't a refusal is a fault of ours, and only its id is told. */
function toRefusal(error: unknown, requestId: string): OAuthError {
  if (error instanceof OAuthError) return error;
  if (error instanceof PasswordQueueFull) {
    return new OAuthError('temporarily_unavailable', 'The server is busy. Try again in a few seconds.');
  }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 413) return new OAuthError('invalid_request', 'The body is too large.');
  if (status === 415)
    return new OAuthError('invalid_request', 'Send the body as application/x-www-form-urlencoded or application/json.');
  if (status >= 400 && status < 500) return new OAuthError('invalid_request', 'The request cannot be read.');
  return new OAuthError('server_error', `Something went wrong here. The request id is ${requestId}.`);
}

const managementPath = '/api/v2';

/** No surface sees such a request: it is refused in the Management API's form by its path alone. */
function malformedAddress(url: string): object | undefined {
  if (!url.startsWith(`${managementPath}/`)) return undefined;
  return new ApiError(400, 'The address is malformed.', 'invalid_uri').toBody();
}

function wantsPage(request: FastifyRequest): boolean {
  return request.routeOptions.config.refusals === 'page';
}

function handleErrors(app: FastifyInstance, ctx: Context): void {
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof JourneyEnded || error instanceof CookiesMissing)
      return sendEndedPage(ctx, request, reply, error);
    const refusal = toRefusal(error, request.id);
    if (refusal.code === 'server_error') request.log.error({ err: error }, 'unexpected error');
    if (refusal.code === 'temporarily_unavailable') reply.header('retry-after', '2');
    return wantsPage(request) ? sendRefusalPage(ctx, request, reply, refusal) : sendOAuthError(reply, refusal);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const missing = { status: 404, code: 'not_found', description: 'There is nothing at this address.' };
    if (request.headers.accept?.includes('text/html')) return sendRefusalPage(ctx, request, reply, missing);
    return reply.code(404).send({ error: missing.code, error_description: missing.description });
  });
}

function mountHealth(app: FastifyInstance, ctx: Context): void {
  const config = { anyHost: true, readOnly: true };
  app.get('/healthz', { config }, async () => ({ status: 'ok' }));
  app.get('/readyz', { config }, async (_request, reply) => {
    const ready = await ctx.database.isReachable();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'database unreachable' });
  });
}

export interface AppOptions extends Pick<ServerOptions, 'tls' | 'logger'> {
  /** Whether the welcome page and the demo are there. */
  readonly development: boolean;
  /** How clients show certificates; undefined where they can't. */
  readonly mtls?: MutualTlsOptions | undefined;
  /** The addresses and networks of the proxies in front of us. */
  readonly trustedProxies: readonly string[];
  /** How often one application may call the Management API within a minute, on this node. */
  readonly managementRequestsPerMinute: number;
  /** Who may read the revocation feed. */
  readonly revocationReaders: RevocationReaders;
  /** Bytes of a file of people that is imported. */
  readonly mostImportBytes: number;
}

function mountManagementApi(app: FastifyInstance, edge: Edge, options: AppOptions): void {
  const { ctx } = edge;
  const audience = managementAudience(ctx.issuer);
  const bearer = (request: FastifyRequest, reply: FastifyReply) => bearerToken(edge, request, reply, audience);
  const { managementRequestsPerMinute: requestsPerMinute, mostImportBytes: mostUploadBytes } = options;
  const surface = { ctx, audience, bearer, requestsPerMinute, mostUploadBytes };
  app.register(async (scope) => mountManagement(scope, surface), { prefix: managementPath });
}

/** Makes the whole application of a tenant, ready to listen or to be asked in a test. */
export function createApp(ctx: Context, options: AppOptions): FastifyInstance {
  const { tls, logger, development } = options;
  const proxies = new TrustedProxies(options.trustedProxies);
  const app = createServer({
    issuer: ctx.issuer,
    mtlsUrl: options.mtls?.url,
    proxies,
    tls,
    logger,
    flushed: () => ctx.database.flushed(),
    requestId: randomId,
    malformedAddress,
  });
  const cookies = createCookieJar(ctx.issuer.startsWith('https:'));
  const feed = createFeedAccess(options.revocationReaders);
  const waits = createWaits();
  app.addHook('preClose', async () => {
    feed.end();
    waits.end();
  });
  const edge: Edge = { ctx, cookies, mtls: createMutualTls(proxies, options.mtls), feed, waits };
  handleErrors(app, ctx);
  mountHealth(app, ctx);
  for (const { method, url, handler, config = {} } of authenticationRoutes) {
    const exposeHeadRoute = config.readOnly === true;
    app.route({ method, url, config, exposeHeadRoute, handler: (request, reply) => handler(edge, request, reply) });
  }
  for (const route of loginRoutes(ctx, cookies)) app.route(route);
  mountManagementApi(app, edge, options);
  if (development) {
    const demo = { issuer: ctx.issuer, demoClientId, demoAudience: demoAudience(ctx.issuer) };
    for (const route of devRoutes({
      ...demo,
      verifyAccessToken: (token) => verifyAccessToken(ctx, token, demo.demoAudience),
    })) {
      app.route(route);
    }
  }
  return app;
}
