// The demo application, which uses Auth0's SDK as it comes: everything that its page offers, by its own buttons.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { claimsOf } from './application.ts';
import { ann, beginWalk, password, signIn, type Walk } from './walk.ts';

const signature = '[data-testid="signature"]';

/** The token that a card shows. */
async function shownToken(page: Page, id: 'id-token' | 'access-token'): Promise<string> {
  return (await page.locator(`#${id} [data-testid="raw"]`).textContent()) ?? '';
}

describe('the demo application', () => {
  let walk: Walk;
  before(async () => {
    walk = await beginWalk();
  });
  after(() => walk?.end());

  const demo = () => `${walk.issuer}demo/`;

  async function openSignedIn(page: Page): Promise<void> {
    await page.goto(demo());
    await page.locator('#login').click();
    await signIn(page, ann);
    await page.locator('#signed-in').waitFor();
  }

  test('the welcome page leads to it, and a newcomer who signs up sees both tokens', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.issuer);
    await page.locator('#try-demo').click();
    await page.locator('#signup').click();
    await page.getByLabel('Email address').fill('curious@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();

    await page.locator('#signed-in').waitFor();
    assert.equal(page.url(), demo(), 'the code is off the address bar');
    assert.equal(await page.locator('#user-name').textContent(), 'curious@example.com');
    assert.match((await page.locator('#user-detail').textContent()) ?? '', /e-mail not verified yet/);
    const [idToken, accessToken] = [await shownToken(page, 'id-token'), await shownToken(page, 'access-token')];
    assert.equal(claimsOf(idToken)['email'], 'curious@example.com');
    assert.equal(claimsOf(idToken)['iss'], walk.issuer);
    assert.deepEqual(claimsOf(accessToken)['aud'], [`${walk.issuer}demo/api`, `${walk.issuer}userinfo`]);
    for (const id of ['id-token', 'access-token']) {
      await page.locator(`#${id} ${signature}.matches`).waitFor();
    }
  });

  test('the API accepts the access token, and refuses the ID token with the sentence that says why', async (t) => {
    const { page } = await walk.visitor(t, { expected: [/status of 401/] });
    await openSignedIn(page);
    const result = page.locator('#api-result');
    await page.locator('#call-api').click();
    await result.getByText(/HTTP 200/).waitFor();
    await page.locator('#call-api-id-token').click();
    await result.getByText(/HTTP 401/).waitFor();
    await result.getByText('Refused, and rightly: this is the ID token.').waitFor();
    assert.match((await result.textContent()) ?? '', /Send the access token instead/);
  });

  test('a refresh brings another access token, again and again', async (t) => {
    const { page } = await walk.visitor(t);
    await openSignedIn(page);
    const seen = new Set([await shownToken(page, 'access-token')]);
    for (const count of [2, 3]) {
      const refreshed = page.waitForResponse(/oauth\/token/);
      await page.locator('#refresh:enabled').click();
      assert.equal((await refreshed).status(), 200);
      await page.locator('#api-result').getByText('You have a new access token').waitFor();
      await page.locator('#refresh:enabled').waitFor();
      seen.add(await shownToken(page, 'access-token'));
      assert.equal(seen.size, count);
    }
  });

  test('a token that is taken back is refused at once, and a refresh brings a good one', async (t) => {
    const { page } = await walk.visitor(t, { expected: [/status of 401/] });
    await openSignedIn(page);
    const result = page.locator('#api-result');
    await page.locator('#take-back').click();
    await result.getByText(/Taken back\. \d+ ms after .* it expires in 1:\d\d:\d\d\./).waitFor();
    await page.locator('#call-api').click();
    await result.getByText(/taken back before its time/).waitFor();
    await page.locator('#refresh').click();
    await result.getByText('You have a new access token').waitFor();
    await page.locator('#call-api').click();
    await result.getByText(/HTTP 200/).waitFor();
  });

  test('a reload asks for the session in a hidden frame, and nobody signs in again', async (t) => {
    const { page } = await walk.visitor(t);
    await openSignedIn(page);
    const before = await shownToken(page, 'id-token');
    const silent = page.waitForRequest((request) => request.url().includes('response_mode=web_message'));
    await page.reload();
    assert.equal(new URL((await silent).url()).searchParams.get('prompt'), 'none');
    await page.locator('#signed-in').waitFor();
    assert.equal(claimsOf(await shownToken(page, 'id-token'))['sid'], claimsOf(before)['sid']);
  });

  test('logging out ends the session everywhere: a reload finds none', async (t) => {
    const { context, page } = await walk.visitor(t);
    await openSignedIn(page);
    const other = await context.newPage();
    await other.goto(walk.shop.authorizeUrl(walk.issuer, { prompt: 'none' }));
    assert.equal((await walk.shop.arrival(other)).parameters.get('error'), null);

    await page.locator('#logout').click();
    await page.locator('#signed-out').waitFor();
    assert.equal(page.url(), demo());
    await page.reload();
    await page.locator('#signed-out').waitFor();
    await other.goto(walk.shop.authorizeUrl(walk.issuer, { prompt: 'none' }));
    assert.equal((await walk.shop.arrival(other)).parameters.get('error'), 'login_required');
  });

  test('who signed in elsewhere and logs in here is asked nothing', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);
    await page.goto(demo());
    await page.locator('#login').click();
    await page.locator('#signed-in').waitFor();
    assert.equal(await page.locator('#user-name').textContent(), ann);
  });

  test('it speaks Japanese, and hands its language to the sign-in pages', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(demo());
    await page.getByRole('link', { name: '日本語' }).click();
    await page.getByRole('heading', { name: 'ログインして、トークンの中身を見る' }).waitFor();
    await page.locator('#login').click();
    await signIn(page, ann, 'ja');
    await page.locator('#signed-in').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
    await page.locator('#call-api').click();
    await page
      .locator('#api-result')
      .getByText(/HTTP 200/)
      .waitFor();
  });
});
