// Tests https with the local authority: cookies that no other host can plant, and SDKs that insist on it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { launch, signUp, visitor } from './browser.ts';
import { Deployment, type Running } from './deployment.ts';

let deployment: Deployment;
let running: Running;
let browser: Browser;

before(async () => {
  deployment = await Deployment.create({ WARIFU_TLS: 'self-signed' });
  [running, browser] = await Promise.all([deployment.start(), launch()]);
});
after(async () => {
  await browser?.close();
  await running?.stop();
  deployment?.remove();
});

function discovery(ca: string | undefined): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    get(`${deployment.issuer}.well-known/openid-configuration`, ca === undefined ? {} : { ca }, async (response) => {
      const chunks = await response.toArray();
      resolve(JSON.parse(Buffer.concat(chunks).toString()));
    }).on('error', reject);
  });
}

test('who trusts the authority reaches the server, and nobody else does', async () => {
  const ca = readFileSync(join(deployment.data, 'tls', 'ca.pem'), 'utf8');
  assert.equal((await discovery(ca))['issuer'], deployment.issuer);
  await assert.rejects(discovery(undefined), /certificate/);
});

test('S02: cookies are bound to the host, to https, and away from scripts', async () => {
  const { page, close } = await visitor(browser, { ignoreHTTPSErrors: true });
  await page.goto(`${deployment.issuer}demo/`);
  await page.locator('#signup').click();
  await signUp(page, 'hana@example.com');
  await page.locator('#user-name').waitFor();
  const cookies = (await page.context().cookies()).filter(({ name }) => /session|browser/.test(name));
  assert.deepEqual(cookies.map(({ name }) => name).sort(), ['__Host-warifu_browser', '__Host-warifu_session']);
  for (const { secure, httpOnly, sameSite, path } of cookies) {
    assert.deepEqual(
      { secure, httpOnly, sameSite, path },
      { secure: true, httpOnly: true, sameSite: 'Lax', path: '/' },
    );
  }
  await close();
});
