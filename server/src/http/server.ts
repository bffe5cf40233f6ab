// Owns the HTTP server as such: parsers, limits, and the headers and barriers that every answer passes.
import type { IncomingMessage } from 'node:http';
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  LogController,
} from 'fastify';
import type { FormBody } from './form.ts';
import { baseHeaders } from './headers.ts';
import { isPrivate, TrustedProxies } from './proxies.ts';
import { tlsRules } from './tls.ts';

export interface ServerOptions {
  /** With the trailing slash. */
  readonly issuer: string;
  /** Where clients with certificates come to, with the trailing slash. */
  readonly mtlsUrl?: string | undefined;
  /** Who is believed about whom they pass requests on for; nobody unless given. */
  readonly proxies?: TrustedProxies;
  /** PEM, when we speak TLS ourselves. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  readonly logger: FastifyServerOptions['logger'];
  /** Resolves when all that was written so far is safe on disk; undefined when it is already. */
  readonly flushed: () => Promise<void> | undefined;
  /** An id for a request, told where something goes wrong, by which it is found in the log. */
  readonly requestId: () => string;
  /** Within how many milliseconds a body must have arrived; 15,000 unless given. */
  readonly bodyWithinMs?: number;
  /** What an address that cannot be decoded is refused with, where that isn't OAuth's form. */
  readonly malformedAddress?: (url: string) => object | undefined;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it, whatever proxies stand between. */
    readonly clientAddress: string;
  }
  interface FastifyContextConfig {
    /** Answered whatever the Host header says: probes come by address. */
    anyHost?: boolean;
    /** The answer depends on no write, so it waits for none. */
    readOnly?: boolean;
    /** The body is a file, which may take an hour to arrive. */
    longBody?: boolean;
    /** How a refusal is told: as a page to a person, or as JSON to an application (the default). */
    refusals?: 'page' | 'json';
  }
}

const bodyLimit = 64 * 1024;
const malformed = { error: 'invalid_request', error_description: 'The address is malformed.' };

function addParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const keep = (type: FormBody['type']) => async (_request: unknown, text: string | Buffer) =>
    ({ type, text: text.toString() }) satisfies FormBody;
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, keep('form'));
  app.addContentTypeParser('application/json', { parseAs: 'string' }, keep('json'));
}

/** Ends the connection of whoever sends their body too slowly: they hold a socket until then, and nothing else. */
function limitBodies(app: FastifyInstance, withinMs: number): void {
  const endWhenLate = (raw: IncomingMessage) => {
    if (raw.complete) return;
    // Asked again then: a request without a body, whose answer may take for ever, is whole a moment later.
    const timer = setTimeout(() => raw.complete || raw.destroy(), withinMs).unref();
    raw.once('close', () => clearTimeout(timer));
  };
  app.addHook('preParsing', ({ raw, routeOptions }, reply, payload, done) => {
    if (!routeOptions.config.longBody) endWhenLate(raw);
    // Who was answered before the end, with a refusal most likely, is given the time to hear it.
    else reply.raw.once('finish', () => endWhenLate(raw));
    done(null, payload);
  });
}

/** Refuses requests for a host that isn't ours: no answer depends on it, and none is cached or indexed under it. */
function checkHost(app: FastifyInstance, issuer: string, mtlsUrl: string | undefined): void {
  const { host } = new URL(issuer);
  const mtlsHost = mtlsUrl === undefined ? undefined : new URL(mtlsUrl).host;
  app.addHook('onRequest', (request, reply, done) => {
    const { config } = request.routeOptions;
    const asked = request.headers.host;
    // Pages, and the cookies that they set, are at the issuer alone.
    if (asked === host || config.anyHost || (asked === mtlsHost && asked && config.refusals !== 'page')) return done();
    reply.code(421).type('text/plain; charset=utf-8');
    reply.send(`This server answers at ${issuer} only. A proxy in front of it must pass the Host header on.\n`);
  });
}

/** Tells once of a proxy that nobody named: all its clients have one address then, in the log and for every limit. */
function tellOfProxies(app: FastifyInstance, proxies: TrustedProxies): void {
  let isTold = false;
  app.addHook('onRequest', ({ raw, routeOptions, log }, _reply, done) => {
    const { remoteAddress: peer = '' } = raw.socket;
    const isProxy =
      !isTold && raw.headers['x-forwarded-for'] !== undefined && isPrivate(peer) && !proxies.includes(peer);
    // A gateway that asks for its own clients is none that passes requests on.
    if (isProxy && !routeOptions.url?.startsWith('/gateway/')) {
      isTold = true;
      log.warn(
        `${peer} passes requests on, and is not among WARIFU_TRUSTED_PROXIES: its clients all have its address.`,
      );
    }
    done();
  });
}

/** Makes the server. Nothing is mounted yet. */
export function createServer(options: ServerOptions): FastifyInstance {
  const {
    issuer,
    mtlsUrl,
    proxies = new TrustedProxies(),
    tls,
    logger,
    flushed,
    requestId,
    malformedAddress,
  } = options;
  const headers = baseHeaders(issuer.startsWith('https:'));
  const app = fastify({
    logger: logger ?? false,
    bodyLimit,
    requestTimeout: 60 * 60_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    logController: new LogController({ disableRequestLogging: true }),
    // A HEAD would do all that the GET does, and use up what works once.
    exposeHeadRoutes: false,
    genReqId: requestId,
    // An address that cannot be decoded passes no hook, and by default is repeated in the answer.
    frameworkErrors: (_error: unknown, { raw: { url = '' } }: FastifyRequest, reply: FastifyReply) =>
      reply
        .code(400)
        .headers(headers)
        .send(malformedAddress?.(url) ?? malformed),
    routerOptions: { maxParamLength: 2000, querystringParser: () => ({}) },
    ...(tls ? { https: { ...tlsRules, ...tls } } : {}),
  } as FastifyServerOptions) as FastifyInstance;
  app.server.headersTimeout = 15_000;
  app.decorateRequest('clientAddress', {
    getter(this: FastifyRequest) {
      return proxies.clientOf(this.raw);
    },
  });
  addParsers(app);
  limitBodies(app, options.bodyWithinMs ?? 15_000);
  // Hooks with a callback: a promise for each would cost more than what they do.
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  checkHost(app, issuer, mtlsUrl);
  tellOfProxies(app, proxies);
  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    // A connection that was busy when the closing began would be kept alive, and the process with it.
    if (closing) reply.header('connection', 'close');
    const safe = request.routeOptions.config.readOnly ? undefined : flushed();
    if (!safe) return done(null, payload);
    safe.then(() => done(null, payload), done);
  });
  return app;
}
