// What an application notices of a session's end, over TLS and from another site: a frame that is visited, a request of
// the server's own that survives a crash, and a frame that watches.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { loadServerCertificate } from '../server/src/crypto/local-ca.ts';
import { createClient } from '../server/src/domain/clients.ts';
import { changeTenantSettings } from '../server/src/domain/tenant-settings.ts';
import { createDatabaseUser } from '../server/src/domain/users.ts';
import { claimsOf } from './application.ts';
import { launchChromium } from './chromium.ts';
import { furnish, type Server, startServer, temporaryDirectory } from './server.ts';
import { ann, password, signIn } from './walk.ts';

const verifier = 'a-verifier-that-every-application-of-the-walks-has-in-common';
const client_id = 'shop';

/** Asks the framed page whether the session is as it was, and shows the answer. */
const watchPage = (issuer: string) => `<!doctype html><title>watch</title><link rel="icon" href="data:,">
<iframe src="${issuer}session/check"></iframe><p id="answer">waiting</p>
<script>
const frame = document.querySelector('iframe');
addEventListener('message', ({ data, origin }) => {
  if (origin === new URL(frame.src).origin) document.querySelector('#answer').textContent = data;
});
frame.onload = () => frame.contentWindow.postMessage(decodeURIComponent(location.hash.slice(1)), new URL(frame.src).origin);
</script>`;

describe('an application on another site', () => {
  const data = temporaryDirectory();
  const visits: string[] = [];
  /** What waits for the log-out of a session, by its id. */
  const told = new Map<string, () => void>();
  const trusted = getCACertificates('default');
  let origin: string;
  let server: Server;
  let browser: Browser;
  let application: ReturnType<typeof createServer>;

  const start = () =>
    startServer({
      data,
      env: {
        WARIFU_TLS: 'self-signed',
        WARIFU_OUTBOUND: 'private',
        NODE_EXTRA_CA_CERTS: join(data, 'tls', 'ca.pem'),
      },
    });

  before(async () => {
    const { ca, cert, key } = await loadServerCertificate(data, 'localhost', Date.now());
    setDefaultCACertificates([...trusted, ca]);
    application = createServer({ cert, key }, async (request, response) => {
      if (request.url === '/backchannel') {
        const token = new URLSearchParams(await text(request)).get('logout_token') ?? '';
        told.get(String(claimsOf(token)['sid']))?.();
        return response.writeHead(200).end();
      }
      visits.push(request.url ?? '');
      const title = new URL(request.url ?? '', origin).pathname;
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        title === '/watch' ? watchPage(server.issuer) : `<title>${title}</title><link rel="icon" href="data:,">`,
      );
    }).listen(0, '127.0.0.1');
    await once(application, 'listening');
    origin = `https://127.0.0.1:${(application.address() as AddressInfo).port}`;
    // The first start makes the master key.
    await (await start()).stop();
    await furnish(data, async (ctx) => {
      const person = { email: ann, email_verified: true, passwordHash: await ctx.passwords.hash(password) };
      await createDatabaseUser(ctx, { connection: 'Username-Password-Authentication', ...person });
      await changeTenantSettings(ctx, { session_management: true });
      await createClient(ctx, {
        client_id,
        name: 'Shop',
        app_type: 'spa',
        callbacks: [`${origin}/callback`],
        allowed_logout_urls: [`${origin}/farewell`],
        frontchannel_logout_uri: `${origin}/frontchannel`,
        frontchannel_logout_session_required: true,
        oidc_logout: { backchannel_logout_urls: [`${origin}/backchannel`] },
      });
    });
    server = await start();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    application?.close();
    application?.closeAllConnections();
    await server?.stop();
    setDefaultCACertificates(trusted);
  });

  async function visitor(options: BrowserContextOptions = {}): Promise<Page> {
    visits.length = 0;
    const context = await browser.newContext({ locale: 'en-US', ignoreHTTPSErrors: true, ...options });
    context.setDefaultTimeout(20_000);
    return context.newPage();
  }

  /** Signs in and redeems the code. Gives the session's id and the response's session_state. */
  async function signedIn(page: Page): Promise<{ sid: string; session_state: string }> {
    const redirect_uri = `${origin}/callback`;
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const asked = { client_id, redirect_uri, response_type: 'code', scope: 'openid', code_challenge };
    await page.goto(`${server.issuer}authorize?${new URLSearchParams({ ...asked, code_challenge_method: 'S256' })}`);
    await signIn(page, ann);
    await page.waitForURL((url) => url.pathname === '/callback');
    const { searchParams } = new URL(page.url());
    const code = searchParams.get('code') ?? '';
    const redemption = { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier };
    const response = await fetch(`${server.issuer}oauth/token`, {
      method: 'POST',
      body: new URLSearchParams(redemption),
    });
    const { id_token } = (await response.json()) as { id_token: string };
    return { sid: String(claimsOf(id_token)['sid']), session_state: searchParams.get('session_state') ?? '' };
  }

  const leaving = () =>
    `${server.issuer}v2/logout?${new URLSearchParams({ client_id, returnTo: `${origin}/farewell` })}`;
  const framed = (sid: string) => `/frontchannel?${new URLSearchParams({ iss: server.issuer, sid })}`;

  for (const javaScriptEnabled of [true, false]) {
    test(`is visited in a frame before the browser goes on, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
      const page = await visitor({ javaScriptEnabled });
      const { sid } = await signedIn(page);
      await page.goto(leaving());
      await page.waitForURL(`${origin}/farewell`);
      assert.deepEqual(visits.slice(-2), [framed(sid), '/farewell']);
      await page.context().close();
    });
  }

  test('is visited in a frame of the page that says so, where nothing comes after', async () => {
    const page = await visitor();
    const { sid } = await signedIn(page);
    await page.goto(`${server.issuer}v2/logout`);
    await page.getByRole('heading', { name: 'You’re logged out' }).waitFor();
    assert.equal(visits.at(-1), framed(sid));
    await page.context().close();
  });

  test('notices by a frame of the server’s that the session changed', async () => {
    const page = await visitor();
    const { session_state } = await signedIn(page);
    const watch = async () => {
      await page.goto(`${origin}/watch#${encodeURIComponent(`${client_id} ${session_state}`)}`);
      await page.reload();
      await page.locator('#answer', { hasText: /changed/ }).waitFor();
      return page.locator('#answer').textContent();
    };
    assert.equal(await watch(), 'unchanged');
    const tab = await page.context().newPage();
    await tab.goto(leaving());
    await tab.waitForURL(`${origin}/farewell`);
    assert.equal(await watch(), 'changed');
    await page.context().close();
  });

  test('is told by the server, also by the next one when this one is killed right after the log-out', async () => {
    const page = await visitor();
    const { sid } = await signedIn(page);
    const { promise, resolve } = Promise.withResolvers<void>();
    told.set(sid, resolve);
    const cookies = await page.context().cookies(server.issuer);
    const cookie = cookies.find(({ name }) => name.endsWith('_session'));
    await fetch(`${server.issuer}v2/logout`, {
      headers: { cookie: `${cookie?.name}=${cookie?.value}` },
      redirect: 'manual',
    });
    await server.kill();
    server = await start();
    await promise;
    await page.context().close();
  });
});
