// Walks through the welcome page and the demo in Chromium, as a newcomer does: Auth0's SDK, unmodified, against us.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertNoComplaints, launch, signIn, signUp, visitor } from './browser.ts';
import { Deployment, type Running } from './deployment.ts';

let deployment: Deployment;
let running: Running;
let browser: Browser;

before(async () => {
  deployment = await Deployment.create();
  [running, browser] = await Promise.all([deployment.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await running?.stop();
  deployment?.remove();
});

const rawToken = (page: Page, id: string) => page.locator(`#${id} .raw`).textContent();

/** Presses a button and waits for what the page says of it. */
async function press(page: Page, id: string, outcome: 'good' | 'bad'): Promise<string> {
  await page.locator(`#${id}`).click();
  await page.locator(`#api-result .${outcome}`).waitFor();
  return (await page.locator('#api-result').textContent()) ?? '';
}

const languages = {
  en: { refused: /this is the ID token/, title: 'Create your account' },
  ja: { refused: /これは ID トークン/, title: '新規登録' },
};

for (const [locale, { refused, title }] of Object.entries(languages)) {
  test(`a newcomer makes an account, sees the tokens, calls the API, refreshes and logs out (${locale})`, async () => {
    const newcomer = await visitor(browser, { locale });
    const { page } = newcomer;
    const email = `newcomer-${locale}@example.com`;
    await page.goto(deployment.issuer);
    await page.locator('#try-demo').click();
    await page.locator('#signup').click();
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), title);
    await signUp(page, email);

    await page.locator('#user-name', { hasText: 'newcomer' }).waitFor();
    for (const id of ['id-token', 'access-token']) await page.locator(`#${id} .matches`).waitFor();

    assert.match(await press(page, 'call-api', 'good'), /HTTP 200[\s\S]*read:demo/);
    const answer = await press(page, 'call-api-id-token', 'bad');
    assert.match(answer, refused);
    assert.match(answer, /HTTP 401[\s\S]*This is an ID token: it tells the application who signed in/);

    const before = await rawToken(page, 'access-token');
    await page.locator('#refresh').click();
    await page.waitForFunction((old) => document.querySelector('#access-token .raw')?.textContent !== old, before);

    await page.reload();
    await page.locator('#logout').click();
    await page.locator('#login').click();
    await signIn(page, email);
    await page.locator('#user-name').waitFor();
    assertNoComplaints(newcomer, [/401 \(Unauthorized\)/]);
    await newcomer.close();
  });
}
