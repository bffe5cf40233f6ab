// The ways out: Auth0's, OpenID Connect's with and without a proof, and where people may be sent then.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Tokens } from './application.ts';
import { ann, beginWalk, signIn, type Walk } from './walk.ts';

describe('logging out', () => {
  let walk: Walk;
  before(async () => {
    walk = await beginWalk();
  });
  after(() => walk?.end());

  async function signedIn(page: Page): Promise<Tokens> {
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { scope: 'openid email offline_access' }));
    await signIn(page, ann);
    return walk.shop.tokens(walk.issuer, page);
  }

  async function assertSignedIn(page: Page, expected: boolean): Promise<void> {
    await page.goto(walk.forum.authorizeUrl(walk.issuer, { prompt: 'none' }));
    const { parameters } = await walk.forum.arrival(page);
    assert.equal(parameters.get('error'), expected ? null : 'login_required');
  }

  const logoutUrl = (path: string, parameters: Record<string, string>) =>
    `${walk.issuer}${path}?${new URLSearchParams(parameters)}`;

  test('/v2/logout ends the session and leads back to the application', async (t) => {
    const { page } = await walk.visitor(t);
    await signedIn(page);
    await page.goto(logoutUrl('v2/logout', { client_id: walk.shop.clientId, returnTo: walk.shop.farewell }));
    await page.getByRole('heading', { name: 'shop /farewell' }).waitFor();
    await assertSignedIn(page, false);
  });

  test('/v2/logout without an address says that people are logged out', async (t) => {
    const { page } = await walk.visitor(t);
    await signedIn(page);
    await page.goto(logoutUrl('v2/logout', {}));
    await page.getByRole('heading', { name: 'You’re logged out' }).waitFor();
    await assertSignedIn(page, false);
  });

  test('an address that is not registered is refused on a page, and nobody is logged out by it', async (t) => {
    const { page } = await walk.visitor(t, { expected: [/status of 400/] });
    await signedIn(page);
    const returnTo = `${walk.shop.origin}/elsewhere`;
    await page.goto(logoutUrl('v2/logout', { client_id: walk.shop.clientId, returnTo }));
    await page.getByRole('heading', { name: 'We couldn’t accept this request' }).waitFor();
    await assertSignedIn(page, true);
  });

  test('/oidc/logout with an ID token logs out at once and hands the state back', async (t) => {
    const { page } = await walk.visitor(t);
    const { id_token } = await signedIn(page);
    const request = { id_token_hint: id_token, post_logout_redirect_uri: walk.shop.farewell, state: 'bye' };
    await page.goto(logoutUrl('oidc/logout', request));
    await page.waitForURL(`${walk.shop.farewell}?state=bye`);
    await assertSignedIn(page, false);
  });

  test('/oidc/logout without a proof asks first, and leads to the application on its own origin', async (t) => {
    const { page } = await walk.visitor(t);
    await signedIn(page);
    const request = { client_id: walk.shop.clientId, post_logout_redirect_uri: walk.shop.farewell };
    await page.goto(logoutUrl('oidc/logout', request));
    await page.getByRole('heading', { name: 'Log out?' }).waitFor();
    await page.getByText(ann).waitFor();
    await assertSignedIn(page, true);
    await page.goto(logoutUrl('oidc/logout', request));
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.waitForURL(walk.shop.farewell);
    await assertSignedIn(page, false);
  });

  test('/oidc/logout asks without JavaScript too, and says at the end that it is done', async (t) => {
    const { page } = await walk.visitor(t, { javaScriptEnabled: false });
    await signedIn(page);
    await page.goto(logoutUrl('oidc/logout', {}));
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'You’re logged out' }).waitFor();
    await assertSignedIn(page, false);
  });

  test('what was issued in the session ends with it', async (t) => {
    const { page } = await walk.visitor(t);
    const { refresh_token, access_token } = await signedIn(page);
    await page.goto(logoutUrl('v2/logout', {}));
    await page.getByRole('heading', { name: 'You’re logged out' }).waitFor();
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token, client_id: walk.shop.clientId });
    const response = await fetch(`${walk.issuer}oauth/token`, { method: 'POST', body });
    assert.equal(response.status, 403);
    assert.equal(((await response.json()) as { error: string }).error, 'invalid_grant');
    const userinfo = await fetch(`${walk.issuer}userinfo`, { headers: { authorization: `Bearer ${access_token}` } });
    assert.equal(userinfo.status, 401);
  });
});
