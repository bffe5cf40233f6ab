// An HTML application behind a load balancer, in Express, with the sessions of @warifu/verify/session and an API that it calls.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createVerifier, type Verifier } from '@warifu/verify';
import { authenticated, sessionRoutes } from '@warifu/verify/express';
import { createSessions, type SessionOptions, type Sessions } from '@warifu/verify/session';
import express from 'express';
import type { Browser, Page } from 'playwright-core';
import { createClient } from '../server/src/domain/clients.ts';
import { createResourceServer } from '../server/src/domain/resource-servers.ts';
import { createDatabaseUser } from '../server/src/domain/users.ts';
import { launchChromium } from './chromium.ts';
import { furnish, type Server, startServer, temporaryDirectory } from './server.ts';
import { ann, password, signIn } from './walk.ts';

const audience = 'https://things.example.com/';
const administrator = {
  client_id: 'AdministratorOfTheWalks',
  client_secret: 'the secret of who administers the walks',
};

const html = (title: string, body: string) =>
  `<!doctype html><title>${title}</title><link rel="icon" href="data:,"><h1>${title}</h1>${body}`;

/** One of the application's servers. */
function application(sessions: Sessions, api: string): RequestListener {
  const app = express().set('env', 'test');
  app.use(sessionRoutes(sessions));
  app.get('/', (_request, response) => void response.send(html('Welcome', '<a href="/things">Your things</a>')));
  app.get('/things', async (request, response) => {
    const session = await sessions.read(request);
    const access = await sessions.accessToken(request);
    if (!session || !access) return response.redirect(sessions.loginUrl(request.originalUrl));
    const answer = await fetch(api, { headers: { authorization: `Bearer ${access.token}` } });
    const things = await answer.text();
    for (const cookie of access.cookies) response.append('set-cookie', cookie);
    const logout = '<form method="post" action="/auth/logout"><button>Log out</button></form>';
    return response.send(html(String(session.user['email']), `<p>${things}</p>${logout}`));
  });
  return app;
}

function things(verifier: Verifier): RequestListener {
  const app = express().set('env', 'test');
  app.get('/', authenticated({ verifier, scopes: ['read:things'] }), (request, response) => {
    response.send(`The things of ${request.auth?.sub}`);
  });
  return app;
}

async function listening(listener?: RequestListener) {
  const server = createServer(listener).listen(0, 'localhost');
  await once(server, 'listening');
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` };
}

describe('an HTML application behind a load balancer', () => {
  const data = temporaryDirectory();
  const env = {
    WARIFU_OUTBOUND: 'private',
    WARIFU_MANAGEMENT_CLIENT_ID: administrator.client_id,
    WARIFU_MANAGEMENT_CLIENT_SECRET: administrator.client_secret,
  };
  const cleanUp = new AsyncDisposableStack();
  let server: Server;
  let browser: Browser;
  let origin: string;
  let servers: readonly Sessions[] = [];
  /** Which of the servers answered, in turn. */
  const answered: number[] = [];

  async function furnished(): Promise<Pick<SessionOptions, 'clientId' | 'clientSecret'>> {
    return furnish(data, async (ctx) => {
      const scopes = [{ value: 'read:things', description: 'Read your things' }];
      const api = { name: 'Things', identifier: audience, scopes, allow_offline_access: true };
      await createResourceServer(ctx, { ...api, skip_consent_for_verifiable_first_party_clients: true });
      const person = { email: ann, email_verified: true, passwordHash: await ctx.passwords.hash(password) };
      await createDatabaseUser(ctx, { connection: 'Username-Password-Authentication', ...person });
      const { client, client_secret = '' } = await createClient(ctx, {
        name: 'Things',
        app_type: 'regular_web',
        callbacks: [`${origin}/auth/callback`],
        allowed_logout_urls: [`${origin}/`],
        oidc_logout: { backchannel_logout_urls: [`${origin}/auth/backchannel-logout`] },
      });
      return { clientId: client.client_id, clientSecret: client_secret };
    });
  }

  before(async () => {
    const balancer = await listening();
    origin = balancer.origin;
    // The first start makes the master key.
    await (await startServer({ data, env })).stop();
    const credentials = await furnished();
    server = await startServer({ data, env });
    const { issuer } = server;
    const verifier = createVerifier({ issuer, audience });
    const api = await listening(things(verifier));
    const secret = 'what the servers of the application have in common';
    const scope = 'openid profile email offline_access read:things';
    const options = { issuer, ...credentials, baseUrl: origin, secret, audience, scope };
    servers = [createSessions(options), createSessions(options)];
    const listeners = servers.map((sessions) => application(sessions, api.origin));
    balancer.server.on('request', (request, response) => {
      const turn = answered.length % listeners.length;
      answered.push(turn);
      listeners[turn]?.(request, response);
    });
    browser = await launchChromium();
    cleanUp.defer(() => server.stop());
    cleanUp.defer(() => {
      for (const each of [...servers, verifier]) each.close();
      for (const each of [balancer.server, api.server]) each.close().closeAllConnections();
    });
    cleanUp.defer(() => browser.close());
  });
  after(() => cleanUp.disposeAsync());

  async function visit(): Promise<Page> {
    const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
    await page.goto(`${origin}/things`);
    await signIn(page, ann);
    await page.getByRole('heading', { name: ann }).waitFor();
    return page;
  }

  /** Whether the page is the application's, and not that of a sign-in. */
  async function isSignedIn(page: Page): Promise<boolean> {
    await page.goto(`${origin}/things`);
    return (await page.getByRole('heading').first().textContent()) === ann;
  }

  async function manage(method: string, path: string, body: object): Promise<void> {
    const { issuer } = server;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      audience: `${issuer}api/v2/`,
      ...administrator,
    });
    const token = await fetch(`${issuer}oauth/token`, { method: 'POST', body: form });
    const { access_token } = (await token.json()) as { access_token: string };
    const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${issuer}api/v2${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, await answer.text());
  }

  test('shows who is signed in what the API has of them, whichever server answers', async () => {
    const page = await visit();
    assert.match((await page.getByRole('paragraph').textContent()) ?? '', /^The things of auth0\|/);
    for (let times = 0; times < 4; times += 1) assert.ok(await isSignedIn(page));
    assert.ok(answered.includes(0) && answered.includes(1));
  });

  test('signs in every tab that was open before', async () => {
    const context = await browser.newContext({ locale: 'en-US' });
    const tabs = await Promise.all([1, 2, 3].map(() => context.newPage()));
    for (const [at, tab] of tabs.entries()) await tab.goto(`${origin}/things?tab=${at}`);
    for (const [at, tab] of tabs.entries()) {
      if (at === 0) await signIn(tab, ann);
      else await tab.reload();
      if (at > 0 && !tab.url().startsWith(origin)) await signIn(tab, ann);
      await tab.getByRole('heading', { name: ann }).waitFor();
      assert.equal(tab.url(), `${origin}/things?tab=${at}`);
    }
  });

  test('logs out by its own button, and is no longer signed in anywhere', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'Welcome' }).waitFor();
    assert.equal(await isSignedIn(page), false);
  });

  test('lets go of a person who is blocked', async () => {
    const page = await visit();
    const text = (await page.getByRole('paragraph').textContent()) ?? '';
    const id = text.slice('The things of '.length);
    await manage('PATCH', `/users/${encodeURIComponent(id)}`, { blocked: true });
    while (await isSignedIn(page));
    await manage('PATCH', `/users/${encodeURIComponent(id)}`, { blocked: false });
  });
});
