// Tries Auth0's library for Express applications, unmodified: sessions in cookies at two servers, and what ends them.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createVerifier, type VerificationError } from '@warifu/verify';
import express from 'express';
import oidc from 'express-openid-connect';
import { audience, Deployment, type Registered } from './deployment.ts';
import type { Person } from './person.ts';

const secret = 'the servers of the application share this secret';

/** What back-channel log-out told any of the servers: Redis, where they are real. */
const loggedOut = new Map<string, unknown>();
const store = {
  get: (id: string, done: (error: unknown, value?: unknown) => void) => done(null, loggedOut.get(id)),
  set: (id: string, value: unknown, done: (error?: unknown) => void) => done(void loggedOut.set(id, value)),
  destroy: (id: string, done: (error?: unknown) => void) => done(void loggedOut.delete(id)),
};

const deployment = new Deployment({ WARIFU_OUTBOUND: 'private' });
const servers: Server[] = [];

async function listening(): Promise<Server> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  servers.push(server);
  return server;
}
const addressOf = (server: Server) => `http://localhost:${(server.address() as AddressInfo).port}`;

/** One of the application's servers. What it says of itself is the address that people know. */
function application({ client_id, client_secret }: Registered, baseURL: string) {
  const app = express().set('env', 'test');
  app.use(
    oidc.auth({
      issuerBaseURL: deployment.issuer.href,
      baseURL,
      clientID: client_id,
      clientSecret: client_secret ?? '',
      secret,
      authRequired: false,
      idpLogout: true,
      backchannelLogout: { store } as never,
      authorizationParams: {
        response_type: 'code',
        audience,
        scope: 'openid profile email offline_access read:things',
      },
    }),
  );
  app.get('/', (request, response) => void response.json(request.oidc.user ?? null));
  app.get(
    '/userinfo',
    oidc.requiresAuth(),
    async (request, response) => void response.json(await request.oidc.fetchUserInfo()),
  );
  app.get('/token', oidc.requiresAuth(), (request, response) => void response.json(request.oidc.accessToken));
  app.get('/refreshed', oidc.requiresAuth(), async (request, response) => {
    response.json(await request.oidc.accessToken?.refresh());
  });
  return app;
}

/** A browser at the application, whichever of its servers it comes to. */
class Visitor {
  readonly #cookies = new Map<string, string>();

  async open(url: string, method = 'GET'): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, accept: 'application/json' };
    const response = await fetch(url, { method, redirect: 'manual', headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const [name = '', value = ''] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }

  async json(url: string): Promise<Record<string, unknown> | null> {
    const response = await this.open(url);
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text);
  }
}

describe('express-openid-connect', () => {
  let hana: Person;
  let home = '';
  let other = '';
  before(async () => {
    const [first, second] = [await listening(), await listening()];
    home = addressOf(first);
    other = addressOf(second);
    await deployment.createApi();
    const client = await deployment.register({
      callbacks: [`${home}/callback`],
      allowed_logout_urls: [home],
      oidc_logout: { backchannel_logout_urls: [`${home}/backchannel-logout`] },
    });
    hana = await deployment.person('hana@example.com');
    await deployment.start();
    for (const server of servers) server.on('request', application(client, home));
  });
  after(async () => {
    for (const server of servers) server.close();
    await deployment.stop();
  });

  async function signedIn(): Promise<Visitor> {
    const visitor = new Visitor();
    const begun = await visitor.open(`${home}/login`);
    const callback = await hana.visit(begun.headers.get('location') ?? '');
    const done = await visitor.open(callback.href);
    assert.equal(done.status, 302, await done.text());
    assert.equal(new URL(done.headers.get('location') ?? '', home).href, `${home}/`);
    return visitor;
  }
  const email = async (visitor: Visitor, server = home) => (await visitor.json(`${server}/`))?.['email'];

  test('signs a person in, who is known at every server of the application', async () => {
    const visitor = await signedIn();
    for (const server of [home, other]) assert.equal(await email(visitor, server), 'hana@example.com');
    assert.equal((await visitor.json(`${home}/userinfo`))?.['email'], 'hana@example.com');
    assert.equal(await email(new Visitor()), undefined);
    assert.equal((await new Visitor().open(`${home}/token`)).status, 401);
  });

  test('has tokens for an API, and new ones for its refresh token', async () => {
    const visitor = await signedIn();
    const verifier = createVerifier({ issuer: deployment.issuer.href, audience });
    const tokens = [await visitor.json(`${home}/token`), await visitor.json(`${home}/refreshed`)];
    assert.notEqual(tokens[0]?.['access_token'], tokens[1]?.['access_token']);
    for (const token of tokens) {
      const claims = await verifier.verify(String(token?.['access_token']), { scopes: ['read:things'] });
      assert.equal(claims['iss'], deployment.issuer.href);
    }
    verifier.close();
  });

  test('logs a person out everywhere', async () => {
    const visitor = await signedIn();
    const end = await visitor.open(`${home}/logout`);
    assert.equal(new URL(await hana.visit(end.headers.get('location') ?? '')).origin, home);
    assert.equal(await email(visitor), undefined);
  });

  test('is told by back-channel log-out that a session ended elsewhere; its tokens end at once', async () => {
    const visitor = await signedIn();
    const verifier = createVerifier({ issuer: deployment.issuer.href, audience });
    const token = String((await visitor.json(`${home}/token`))?.['access_token']);
    await verifier.verify(token);
    await hana.visit(new URL('v2/logout', deployment.issuer));
    while (
      await verifier.verify(token).then(
        () => true,
        (error: VerificationError) => error.code !== 'revoked',
      )
    )
      await sleep(5);
    while ((await email(visitor, other)) !== undefined) await sleep(50);
    assert.equal(await email(visitor), undefined);
    verifier.close();
  });
});
