// Auth0's SDK for browsers with DPoP switched on, as it comes: its key, our nonces, its refreshes and its requests.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { Application, type PageFile } from './application.ts';
import { ann, beginWalk, signIn, type Walk } from './walk.ts';

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What the page of the application offers to the test. */
interface Script {
  logIn(): Promise<void>;
  arrive(): Promise<void>;
  refresh(): Promise<string>;
  ask(url: string): Promise<Answer>;
  askAsBearer(url: string): Promise<Answer>;
}

declare const application: Script;

const page = `<!doctype html>
<html lang="en"><title>An application</title><link rel="icon" href="data:,">
<script type="module">
  import { Auth0Client } from '/sdk.js';
  const auth0 = new Auth0Client({
    domain: new URLSearchParams(location.search).get('iss')?.slice(0, -1) ?? '',
    clientId: 'bound',
    useDpop: true,
    useRefreshTokens: true,
    authorizationParams: { redirect_uri: location.origin + '/callback', scope: 'openid profile email offline_access' },
  });
  const read = async (response) => ({ status: response.status, body: await response.json() });
  window.application = {
    logIn: () => auth0.loginWithRedirect(),
    arrive: () => auth0.handleRedirectCallback(),
    refresh: () => auth0.getTokenSilently({ cacheMode: 'off' }),
    ask: async (url) => read(await auth0.createFetcher({ dpopNonceId: 'userinfo' }).fetchWithAuth(url)),
    askAsBearer: async (url) => {
      const authorization = 'Bearer ' + (await auth0.getTokenSilently());
      return read(await fetch(url, { headers: { authorization } }));
    },
  };
</script></html>`;

describe('a single-page application whose tokens are bound to a key', () => {
  let walk: Walk;
  let bound: Application;
  before(async () => {
    const html = { type: 'text/html', body: page };
    const files: Record<string, PageFile> = { '/': html, '/callback': html };
    bound = await Application.listen('bound', files);
    walk = await beginWalk({}, [bound]);
    // As the demo application has it: the package's own file.
    const sdk = await fetch(`${walk.issuer}demo/vendor/auth0-spa-js.js`);
    files['/sdk.js'] = { type: 'text/javascript', body: await sdk.text() };
  });
  after(async () => {
    bound?.close();
    await walk?.end();
  });

  const isReady = (page: Page) => page.waitForFunction(() => 'application' in window);

  test('signs in, refreshes and asks userinfo; a copy of its token is worth nothing', async (t) => {
    // The first proof has no nonce yet, and the copy is refused.
    const { page } = await walk.visitor(t, { expected: [/status of 40[01]/] });
    const types: string[] = [];
    page.context().on('response', async (response) => {
      if (response.url() !== `${walk.issuer}oauth/token` || response.request().method() !== 'POST') return;
      const { token_type, error } = await response.json();
      types.push(token_type ?? error);
    });
    await page.goto(`${bound.origin}/?iss=${encodeURIComponent(walk.issuer)}`);
    await isReady(page);
    await page.evaluate(() => application.logIn());
    await signIn(page, ann);
    await page.waitForURL((url) => url.pathname === '/callback');
    await isReady(page);
    await page.evaluate(() => application.arrive());
    const userinfo = `${walk.issuer}userinfo`;
    const before = await page.evaluate((url) => application.ask(url), userinfo);
    assert.equal(before.status, 200, JSON.stringify(before.body));
    assert.equal(before.body['email'], ann);
    await page.evaluate(() => application.refresh());
    assert.equal((await page.evaluate((url) => application.ask(url), userinfo)).status, 200);
    const copied = await page.evaluate((url) => application.askAsBearer(url), userinfo);
    assert.equal(copied.status, 401);
    assert.equal(copied.body['error'], 'invalid_token');
    assert.deepEqual(types, ['use_dpop_nonce', 'DPoP', 'DPoP']);
  });
});
