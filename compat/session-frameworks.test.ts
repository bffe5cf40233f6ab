// Tests the sessions of @warifu/verify/session in the frameworks that it has words for, each as its guide writes it.
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { sessionRoutes as expressRoutes } from '@warifu/verify/express';
import { sessionRoutes as fastifyRoutes } from '@warifu/verify/fastify';
import { handleSession } from '@warifu/verify/node-http';
import { createSessions, type Sessions } from '@warifu/verify/session';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { LogoutDeliveries } from '../server/src/domain/logout-deliveries.ts';
import { createTestUser, openTestTenant, type TestTenant } from '../server/src/testing/tenant.ts';
import { email, register, type Send, Visitor } from './session-application.ts';

type Open = (sessions: Sessions) => Promise<RequestListener | Send>;

const withNode: Open = async (sessions) => async (request, response) => {
  if (await handleSession(request, response, sessions)) return;
  const session = await sessions.read(request);
  if (!session) response.writeHead(302, { location: sessions.loginUrl(request.url) }).end();
  else response.end(JSON.stringify({ path: request.url, user: session.user }));
};

/** `isParsed`: whether something has read the body before. */
const withExpress =
  (isParsed: boolean): Open =>
  async (sessions) => {
    const app = express().set('env', 'test');
    if (isParsed) app.use(express.urlencoded());
    app.use(expressRoutes(sessions));
    app.use(async (request, response) => {
      const session = await sessions.read(request);
      if (session) response.json({ path: request.originalUrl, user: session.user });
      else response.redirect(sessions.loginUrl(request.originalUrl));
    });
    return app;
  };

const withFastify: Open = async (sessions) => {
  const app = fastify();
  app.addHook('onRequest', fastifyRoutes(sessions));
  app.get('/*', async (request, reply) => {
    const session = await sessions.read(request);
    return session ? { path: request.url, user: session.user } : reply.redirect(sessions.loginUrl(request.url));
  });
  await app.ready();
  return (request, response) => app.routing(request, response);
};

const withHono: Open = async (sessions) => {
  const app = new Hono();
  app.all('/auth/*', async (context) => (await sessions.handle(context.req.raw)) ?? context.notFound());
  app.get('/*', async (context) => {
    const session = await sessions.read(context.req.raw);
    if (!session) return context.redirect(sessions.loginUrl(context.req.path));
    return context.json({ path: context.req.path, user: session.user });
  });
  return async (request: Request) => app.fetch(request);
};

const frameworks = {
  'node:http': withNode,
  Express: withExpress(false),
  'Express, after a body parser': withExpress(true),
  Fastify: withFastify,
  Hono: withHono,
};

for (const [name, open] of Object.entries(frameworks)) {
  describe(`sessions in ${name}`, () => {
    let tenant: TestTenant;
    let sessions: Sessions;
    let hers: Visitor;
    let origin = '';
    let client_id = '';
    let send: Send = fetch;
    const told: number[] = [];
    const server = createServer();

    before(async () => {
      await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
      origin = `http://localhost:${(server.address() as AddressInfo).port}`;
      tenant = await openTestTenant({
        outbound: async ({ url, body = '' }) => {
          const headers = { 'content-type': 'application/x-www-form-urlencoded' };
          const { status } = await send(new Request(url, { method: 'POST', body, headers }));
          told.push(status);
          return { status, headers: {}, body: '' };
        },
      });
      await createTestUser(tenant, email);
      const oidc_logout = { backchannel_logout_urls: [`${origin}/auth/backchannel-logout`] };
      const options = await register(tenant, origin, { oidc_logout });
      client_id = options.clientId;
      sessions = createSessions(options);
      const listener = await open(sessions);
      if (name === 'Hono') send = listener as Send;
      else server.on('request', listener as RequestListener);
      hers = new Visitor(tenant, (request) => send(request));
    });
    after(async () => {
      sessions.close();
      server.close();
      server.closeAllConnections();
      await tenant.close();
    });

    test('begin with a sign-in, and lead to the page that was wanted', async () => {
      const { path, user } = await hers.visit('/things?page=2', origin);
      assert.deepEqual([path.split('?')[0], user.email], ['/things', email]);
      assert.deepEqual([...hers.cookies.keys()], ['session']);
    });

    test('end by a form of the application', async () => {
      const answer = await hers.open(`${origin}/auth/logout`, { method: 'POST', headers: { origin } });
      assert.deepEqual([answer.status, hers.cookies.size], [303, 0]);
    });

    test('are told of log-outs by the back channel', async () => {
      await hers.visit('/things', origin);
      await hers.issuer.open(`/v2/logout?client_id=${client_id}`);
      const deliveries = new LogoutDeliveries(tenant.ctx, (error) => assert.fail(String(error)));
      deliveries.start();
      while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await deliveries.stop();
      assert.deepEqual(told, [200]);
      const refused = await send(new Request(`${origin}/auth/backchannel-logout`, { method: 'POST', body: 'x=y' }));
      assert.equal(refused.status, 400);
    });

    test('leave all other addresses to the application', async () => {
      hers.cookies.clear();
      const answer = await hers.open(`${origin}/authors`);
      assert.equal(answer.headers.get('location'), sessions.loginUrl('/authors'));
    });
  });
}
