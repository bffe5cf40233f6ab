// Walks through the sign-in pages in Chromium: every door, every language, with and without scripts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Application, createApplication } from './application.ts';
import { assertNoComplaints, launch, password, signIn, signUp, submit, visitor } from './browser.ts';
import { Deployment, type Running } from './deployment.ts';

let deployment: Deployment;
let running: Running;
let browser: Browser;
let calendar: Application;
let second: Application;
let stranger: Application;
let count = 0;

function newEmail(): string {
  count += 1;
  return `hana${count}@example.com`;
}
const pathOf = (page: Page) => new URL(page.url()).pathname;

/** What the application was sent. Waits for its page. */
async function answerOf(page: Page): Promise<Record<string, string>> {
  return JSON.parse((await page.locator('#answer').textContent()) ?? '');
}

/** Somebody with an account, signed in to the calendar. */
async function member(options = {}) {
  const somebody = await visitor(browser, options);
  const email = newEmail();
  await somebody.page.goto(calendar.authorizeUrl({ screen_hint: 'signup' }));
  await signUp(somebody.page, email);
  assert.ok((await answerOf(somebody.page))['code']);
  return { ...somebody, email };
}

before(async () => {
  deployment = await Deployment.create();
  calendar = await createApplication(deployment);
  second = await createApplication(deployment, { name: 'Second' });
  stranger = await createApplication(deployment, { name: 'Stranger', is_first_party: false });
  [running, browser] = await Promise.all([deployment.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await Promise.all([calendar, second, stranger].map((application) => application?.close()));
  await running?.stop();
  deployment?.remove();
});

test('somebody makes an account, logs out, and logs in to it', async () => {
  const { page, email, ...rest } = await member();
  await page.goto(`${deployment.issuer}v2/logout?client_id=${calendar.clientId}&returnTo=${calendar.origin}/`);
  assert.equal(page.url(), `${calendar.origin}/`);
  await page.goto(calendar.authorizeUrl());
  assert.equal(pathOf(page), '/u/login/identifier');
  await signIn(page, email);
  const answer = await answerOf(page);
  assert.equal(answer['state'], 'the-state');
  assert.equal(answer['iss'], deployment.issuer);
  assertNoComplaints({ page, ...rest });
  await rest.close();
});

for (const [locale, texts] of Object.entries({
  'en-US': { title: 'Enter your password', wrong: /The email address or the password is wrong/ },
  'ja-JP': { title: 'パスワードを入力', wrong: /メールアドレスまたはパスワード/ },
})) {
  test(`a wrong password is told in the browser's language (${locale}), and takes the focus`, async () => {
    const somebody = await visitor(browser, { locale });
    const { page } = somebody;
    await page.goto(calendar.authorizeUrl());
    await signIn(page, 'nobody@example.com', 'wrong');
    const alert = page.getByRole('alert');
    assert.match((await alert.textContent()) ?? '', texts.wrong);
    assert.equal(await page.locator('html').getAttribute('lang'), locale.slice(0, 2));
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), texts.title);
    assert.equal(await page.locator('input[name=password]').getAttribute('aria-invalid'), 'true');
    assert.equal(await page.locator('input[name=password]').inputValue(), '');
    assertNoComplaints(somebody, [/400 \(Bad Request\)/]);
    await somebody.close();
  });
}

test('ui_locales goes before the browser, and the switch on the page before both', async () => {
  const somebody = await visitor(browser, { locale: 'en-US' });
  const { page } = somebody;
  const lang = () => page.locator('html').getAttribute('lang');
  await page.goto(calendar.authorizeUrl({ ui_locales: 'ja' }));
  assert.equal(await lang(), 'ja');
  await page.getByRole('link', { name: 'English' }).click();
  assert.equal(await lang(), 'en');
  await page.locator('input[name=username]').fill('hana@example.com');
  await submit(page);
  assert.equal(pathOf(page), '/u/login/password');
  assert.equal(await lang(), 'en');
  assertNoComplaints(somebody);
  await somebody.close();
});

test('who is logged in to one application gets into the second without a question', async () => {
  const { page, close } = await member();
  await page.goto(second.authorizeUrl());
  assert.ok((await answerOf(page))['code']);
  assert.equal(new URL(page.url()).origin, second.origin);
  await close();
});

test('prompt=none asks nobody anything: login_required without a session, a code with one', async () => {
  const nobody = await visitor(browser);
  await nobody.page.goto(calendar.authorizeUrl({ prompt: 'none' }));
  assert.equal((await answerOf(nobody.page))['error'], 'login_required');
  await nobody.close();
  const { page, close } = await member();
  await page.goto(second.authorizeUrl({ prompt: 'none' }));
  assert.ok((await answerOf(page))['code']);
  await close();
});

test('prompt=login asks for the password again, though there is a session', async () => {
  const { page, email, close } = await member();
  await page.goto(calendar.authorizeUrl({ prompt: 'login', login_hint: email }));
  assert.equal(await page.locator('input[name=username]').inputValue(), email);
  await submit(page);
  await page.locator('input[name=password]').fill(password);
  await submit(page);
  assert.ok((await answerOf(page))['code']);
  await close();
});

test('prompt=select_account offers the session, and another account', async () => {
  const { page, email, close } = await member();
  await page.goto(calendar.authorizeUrl({ prompt: 'select_account' }));
  assert.match((await page.locator('main').textContent()) ?? '', new RegExp(email));
  await submit(page, 'other');
  assert.equal(pathOf(page), '/u/login/identifier');
  await page.goto(calendar.authorizeUrl({ prompt: 'select_account' }));
  await submit(page);
  assert.ok((await answerOf(page))['code']);
  await close();
});

test('a third-party application is asked about once, and takes a no', async () => {
  const { page, close } = await member();
  await page.goto(stranger.authorizeUrl());
  assert.match((await page.getByRole('heading', { level: 1 }).textContent()) ?? '', /Stranger/);
  await submit(page, 'deny');
  assert.equal((await answerOf(page))['error'], 'access_denied');
  await page.goto(stranger.authorizeUrl());
  await submit(page, 'accept');
  assert.ok((await answerOf(page))['code']);
  await page.goto(stranger.authorizeUrl());
  assert.ok((await answerOf(page))['code']);
  await close();
});

test('the answer can be posted to the application, past a password form', async () => {
  const somebody = await member();
  const { page, email } = somebody;
  await page.context().clearCookies();
  await page.goto(calendar.authorizeUrl({ response_mode: 'form_post' }));
  await signIn(page, email);
  const answer = await answerOf(page);
  assert.equal(answer['method'], 'POST');
  assert.ok(answer['code']);
  assertNoComplaints(somebody);
  await somebody.close();
});

test('a log-out that nothing proves is confirmed by the person, and then really is one', async () => {
  const { page, close } = await member();
  const address = new URLSearchParams({
    client_id: calendar.clientId,
    post_logout_redirect_uri: `${calendar.origin}/`,
  });
  await page.goto(`${deployment.issuer}oidc/logout?${address}&state=after`);
  assert.equal(pathOf(page), '/u/logout');
  await submit(page, 'logout');
  assert.equal(page.url(), `${calendar.origin}/?state=after`);
  await page.goto(calendar.authorizeUrl({ prompt: 'none' }));
  assert.equal((await answerOf(page))['error'], 'login_required');
  await close();
});

test('an address that is not registered gets a page of ours, and no redirect', async () => {
  const { page, close } = await visitor(browser);
  const response = await page.goto(calendar.authorizeUrl({ redirect_uri: 'https://evil.example.com/cb' }));
  assert.equal(response?.status(), 400);
  assert.equal(new URL(page.url()).origin, new URL(deployment.issuer).origin);
  await page.locator('summary').click();
  assert.match((await page.locator('details').textContent()) ?? '', /Callback URL mismatch/);
  await close();
});

test('the way back after a sign-in leads to no dead end', async () => {
  const { page, close } = await member();
  await page.goBack();
  assert.match((await page.locator('h1').textContent()) ?? '', /ended|password|account/i);
  await page.goto(calendar.authorizeUrl());
  assert.ok((await answerOf(page))['code']);
  await close();
});

test('two sign-ins in two tabs do not disturb each other', async () => {
  const { page, email, close } = await member();
  await page.context().clearCookies();
  const other = await page.context().newPage();
  await page.goto(calendar.authorizeUrl({ state: 'first' }));
  await other.goto(second.authorizeUrl({ state: 'second' }));
  await signIn(page, email);
  assert.equal((await answerOf(page))['state'], 'first');
  // By now the browser is signed in: the second tab isn't asked for the password again.
  await other.locator('input[name=username]').fill(email);
  await submit(other);
  assert.equal((await answerOf(other))['state'], 'second');
  await close();
});

describe('without scripts', () => {
  test('an account is made and logged in to', async () => {
    const { page, email, close } = await member({ javaScriptEnabled: false });
    await page.context().clearCookies();
    await page.goto(calendar.authorizeUrl());
    await signIn(page, email);
    assert.ok((await answerOf(page))['code']);
    await close();
  });
});

describe('with the keyboard alone', () => {
  test('the first field has the focus, and Enter goes on', async () => {
    const { page, email, close } = await member();
    await page.context().clearCookies();
    await page.goto(calendar.authorizeUrl());
    await page.keyboard.type(email);
    await page.keyboard.press('Enter');
    await page.locator('input[name=password]').waitFor();
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    assert.ok((await answerOf(page))['code']);
    await close();
  });
});
