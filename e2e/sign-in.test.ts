// The journey of a sign-in in a real browser: new and known people, mistakes, keyboards, tabs, the way back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { claimsOf } from './application.ts';
import { ann, beginWalk, password, signIn, type Walk } from './walk.ts';

const refused = [/status of 400/];

describe('signing in', () => {
  let walk: Walk;
  before(async () => {
    walk = await beginWalk();
  });
  after(() => walk?.end());

  test('a newcomer makes an account and is back at the application, on its own origin, signed in', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { nonce: 'the-nonce' }));
    await page.getByRole('link', { name: 'Create an account' }).click();
    await page.getByLabel('Email address').fill('Newcomer@Example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('newcomer@example.com', { exact: true }).waitFor();
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Create account' }).click();

    const { method, parameters } = await walk.shop.arrival(page);
    assert.equal(method, 'GET');
    assert.equal(parameters.get('state'), 'the-state');
    assert.equal(parameters.get('iss'), walk.issuer);
    const { id_token } = await walk.shop.redeem(walk.issuer, parameters.get('code') ?? '');
    const claims = claimsOf(id_token);
    assert.equal(claims['email'], 'newcomer@example.com');
    assert.equal(claims['email_verified'], false);
    assert.equal(claims['nonce'], 'the-nonce');
  });

  test('a password that is too weak is refused with the rules that it breaks, and the field has the focus', async (t) => {
    const { page } = await walk.visitor(t, { expected: refused });
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { screen_hint: 'signup' }));
    await page.getByLabel('Email address').fill('weak@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Password', { exact: true }).fill('aaaaaaa');
    await page.getByRole('button', { name: 'Create account' }).click();
    await page.getByText('Choose a password that meets every rule below.').waitFor();
    const field = page.getByLabel('Password', { exact: true });
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.equal(await field.evaluate((element) => element === document.activeElement), true);
    assert.ok((await page.getByText('Not met yet:').count()) > 0);
  });

  test('a wrong password is told in words that are tied to the field, which has the focus; the right one works', async (t) => {
    const { page } = await walk.visitor(t, { expected: refused });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await page.getByLabel('Email address').fill(ann);
    await page.getByRole('button', { name: 'Continue' }).click();
    const field = page.getByLabel('Password', { exact: true });
    await field.fill('Wrong-horse-battery-1');
    await page.getByRole('button', { name: 'Log in' }).click();

    const alert = page.getByRole('alert');
    await alert.waitFor();
    assert.match((await alert.textContent()) ?? '', /^The email address or the password is wrong\./);
    assert.match(await page.title(), /^Error: /);
    assert.equal(await field.inputValue(), '');
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.equal(await field.getAttribute('aria-describedby'), await alert.getAttribute('id'));
    assert.equal(await field.evaluate((element) => element === document.activeElement), true);

    await field.fill(password);
    await page.getByRole('button', { name: 'Log in' }).click();
    assert.equal(claimsOf((await walk.shop.tokens(walk.issuer, page)).id_token)['email'], ann);
  });

  test('who has no account reads the same as who has a wrong password', async (t) => {
    const { page } = await walk.visitor(t, { expected: refused });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, 'nobody@example.com');
    assert.match((await page.getByRole('alert').textContent()) ?? '', /^The email address or the password is wrong\./);
  });

  test('an empty field is told beside it', async (t) => {
    const { page } = await walk.visitor(t, { expected: refused });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await page.getByRole('button', { name: 'Continue' }).click();
    const field = page.locator('[name=username][aria-invalid=true]');
    const description = page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`);
    assert.equal(await description.textContent(), 'Enter your email address.');
  });

  test('the whole sign-in works without JavaScript', async (t) => {
    const { page } = await walk.visitor(t, { javaScriptEnabled: false });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    assert.equal(await page.getByRole('button', { name: 'Show password' }).count(), 0);
    await signIn(page, ann);
    assert.equal(claimsOf((await walk.shop.tokens(walk.issuer, page)).id_token)['email'], ann);
  });

  test('the keyboard is enough, and what is typed can be looked at', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
    await page.keyboard.type(ann);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Enter your password' }).waitFor();
    await page.keyboard.type(password);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    const shown = page.getByRole('textbox', { name: 'Password', exact: true });
    assert.equal(await shown.getAttribute('type'), 'text');
    assert.equal(await shown.inputValue(), password);
    await page.getByRole('button', { name: 'Hide password' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.ok((await walk.shop.tokens(walk.issuer, page)).id_token);
  });

  test('the account can be changed on the way, and what was typed is still there', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { login_hint: 'anne@example.com' }));
    assert.equal(await page.getByLabel('Email address').inputValue(), 'anne@example.com');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('link', { name: 'Edit anne@example.com' }).click();
    assert.equal(await page.getByLabel('Email address').inputValue(), 'anne@example.com');
    await signIn(page, ann);
    assert.equal(claimsOf((await walk.shop.tokens(walk.issuer, page)).id_token)['email'], ann);
  });

  test('the way back after a sign-in says that it is over, and does not sign in twice', async (t) => {
    const { page } = await walk.visitor(t, { expected: refused });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);
    await page.goBack();
    await page.getByRole('heading', { name: 'This login has ended' }).waitFor();
    await page.goForward();
    await page.getByRole('heading', { name: 'shop /callback' }).waitFor();
  });

  test('of two tabs side by side each comes to its own end, and the second need not ask again', async (t) => {
    const { context, page: first } = await walk.visitor(t);
    const second = await context.newPage();
    await first.goto(walk.shop.authorizeUrl(walk.issuer, { state: 'first' }));
    await second.goto(walk.forum.authorizeUrl(walk.issuer, { state: 'second' }));
    await signIn(first, ann);
    const response = await walk.shop.arrival(first);
    await second.getByLabel('Email address').fill(ann);
    await second.getByRole('button', { name: 'Continue' }).click();
    const other = await walk.forum.arrival(second);
    assert.equal(response.parameters.get('state'), 'first');
    assert.equal(other.parameters.get('state'), 'second');
    const [shop, forum] = await Promise.all([
      walk.shop.redeem(walk.issuer, response.parameters.get('code') ?? ''),
      walk.forum.redeem(walk.issuer, other.parameters.get('code') ?? ''),
    ]);
    assert.equal(claimsOf(shop.id_token)['sid'], claimsOf(forum.id_token)['sid']);
  });

  test('a sign-in that began in one browser cannot be finished in another', async (t) => {
    const { page } = await walk.visitor(t);
    const { page: elsewhere } = await walk.visitor(t, { expected: refused });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await page.getByLabel('Email address').waitFor();
    await elsewhere.goto(page.url());
    await elsewhere.getByRole('heading', { name: 'We couldn’t recognize your browser' }).waitFor();
  });

  test('a request that cannot be trusted is refused on a page of ours, and nobody is sent anywhere', async (t) => {
    const { page } = await walk.visitor(t, { expected: refused });
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { redirect_uri: 'https://attacker.example/' }));
    await page.getByRole('heading', { name: 'We couldn’t accept this request' }).waitFor();
    assert.equal(new URL(page.url()).origin, new URL(walk.issuer).origin);
    await page.getByText('For developers').click();
    await page.getByText('invalid_request', { exact: true }).waitFor();
  });
});
