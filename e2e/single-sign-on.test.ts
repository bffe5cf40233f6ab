// What a session spares people, and what it doesn't: other applications, silent requests, choosing, consent.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { claimsOf } from './application.ts';
import { ann, beginWalk, ben, signIn, type Walk } from './walk.ts';

describe('single sign-on', () => {
  let walk: Walk;
  before(async () => {
    walk = await beginWalk();
  });
  after(() => walk?.end());

  test('who is signed in at one application is asked nothing by the next', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    const shop = claimsOf((await walk.shop.tokens(walk.issuer, page)).id_token);
    await page.goto(walk.forum.authorizeUrl(walk.issuer));
    const forum = claimsOf((await walk.forum.tokens(walk.issuer, page)).id_token);
    assert.deepEqual([forum['sub'], forum['sid']], [shop['sub'], shop['sid']]);
    assert.notEqual(forum['aud'], shop['aud']);
  });

  test('prompt=none shows no page: login_required without a session, a code with one', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { prompt: 'none' }));
    const { parameters } = await walk.shop.arrival(page);
    assert.equal(parameters.get('error'), 'login_required');
    assert.equal(parameters.get('state'), 'the-state');
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);
    await page.goto(walk.forum.authorizeUrl(walk.issuer, { prompt: 'none' }));
    assert.ok((await walk.forum.tokens(walk.issuer, page)).id_token);
  });

  test('prompt=login and max_age=0 ask again all the same, and the session gets a new id', async (t) => {
    const { context, page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);
    for (const again of [{ prompt: 'login' }, { max_age: '0' }]) {
      const before = (await context.cookies()).find(({ name }) => name === 'warifu_session');
      await page.goto(walk.shop.authorizeUrl(walk.issuer, again));
      await signIn(page, ann);
      await walk.shop.arrival(page);
      const after = (await context.cookies()).find(({ name }) => name === 'warifu_session');
      assert.ok(before && after && before.value !== after.value);
    }
  });

  test('select_account lets people go on as who they are, or as somebody else', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);

    await page.goto(walk.forum.authorizeUrl(walk.issuer, { prompt: 'select_account' }));
    await page.getByRole('heading', { name: 'Choose an account' }).waitFor();
    await page.getByRole('button', { name: `Continue as ${ann}` }).click();
    assert.equal(claimsOf((await walk.forum.tokens(walk.issuer, page)).id_token)['email'], ann);

    await page.goto(walk.forum.authorizeUrl(walk.issuer, { prompt: 'select_account' }));
    await page.getByRole('button', { name: 'Use another account' }).click();
    await signIn(page, ben);
    assert.equal(claimsOf((await walk.forum.tokens(walk.issuer, page)).id_token)['email'], ben);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    assert.equal(claimsOf((await walk.shop.tokens(walk.issuer, page)).id_token)['email'], ben);
  });

  test("somebody else's application is told nothing unless people allow it, and then they are asked once", async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.guest.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await page.getByRole('heading', { name: 'Allow Guest to use your account?' }).waitFor();
    await page.getByText('See your email address').waitFor();
    await page.getByRole('button', { name: 'Don’t allow' }).click();
    assert.equal((await walk.guest.arrival(page)).parameters.get('error'), 'access_denied');

    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);
    await page.goto(walk.guest.authorizeUrl(walk.issuer, { prompt: 'none' }));
    assert.equal((await walk.guest.arrival(page)).parameters.get('error'), 'consent_required');

    await page.goto(walk.guest.authorizeUrl(walk.issuer));
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    assert.equal((await walk.guest.tokens(walk.issuer, page)).scope, 'openid email');

    await page.goto(walk.guest.authorizeUrl(walk.issuer, { prompt: 'none' }));
    assert.ok((await walk.guest.tokens(walk.issuer, page)).id_token);
  });

  for (const javaScriptEnabled of [true, false]) {
    const how = javaScriptEnabled ? 'by itself' : 'by a button where there is no script';
    test(`form_post carries the response to another origin in a form that is sent ${how}`, async (t) => {
      const { page } = await walk.visitor(t, { javaScriptEnabled });
      await page.goto(walk.shop.authorizeUrl(walk.issuer, { response_mode: 'form_post' }));
      await signIn(page, ann);
      if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
      const { method, parameters } = await walk.shop.arrival(page);
      assert.equal(method, 'POST');
      assert.equal(parameters.get('state'), 'the-state');
      assert.equal(parameters.get('iss'), walk.issuer);
      assert.ok((await walk.shop.redeem(walk.issuer, parameters.get('code') ?? '')).id_token);
    });
  }

  test('the fragment carries the response where no server sees it', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { response_mode: 'fragment' }));
    await signIn(page, ann);
    assert.equal((await walk.shop.arrival(page)).parameters.size, 0);
    const code = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('code');
    assert.ok((await walk.shop.redeem(walk.issuer, code ?? '')).id_token);
  });

  test('a request that is sent as a form from another site finds the session too', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);
    const url = walk.forum.authorizeUrl(walk.issuer, { prompt: 'none' });
    await page.evaluate((address) => {
      const { origin, pathname, searchParams } = new URL(address);
      const form = Object.assign(document.createElement('form'), { method: 'post', action: origin + pathname });
      for (const [name, value] of searchParams) {
        form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
      }
      document.body.append(form);
      form.submit();
    }, url);
    assert.ok((await walk.forum.tokens(walk.issuer, page)).id_token);
  });

  test('web_message answers the opener of a pop-up on the registered origin', async (t) => {
    const { context, page } = await walk.visitor(t);
    await page.goto(walk.shop.farewell);
    const url = walk.shop.authorizeUrl(walk.issuer, { response_mode: 'web_message' });
    const popup = context.waitForEvent('page');
    const answer = page.evaluate(
      (address) =>
        new Promise<{ origin: string; data: { type: string; response: Record<string, string> } }>((resolve) => {
          addEventListener('message', ({ origin, data }) => resolve({ origin, data }), { once: true });
          open(address, 'sign-in');
        }),
      url,
    );
    await signIn(await popup, ann);
    const { origin, data } = await answer;
    assert.equal(`${origin}/`, walk.issuer);
    assert.equal(data.type, 'authorization_response');
    assert.equal(data.response['state'], 'the-state');
    assert.ok((await walk.shop.redeem(walk.issuer, data.response['code'] ?? '')).id_token);
  });
});
