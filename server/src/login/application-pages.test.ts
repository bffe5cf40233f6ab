// Tests what the pages show of an application that registered itself, and from where they load it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findClient } from '#domain/clients';
import { changeTenantSettings } from '#domain/tenant-settings';
import type { Client } from '#protocol/client';
import { TestApplication } from '#testing/application';
import { type Answer, TestBrowser } from '#testing/browser';
import { createTestUser, openTestTenant, type TestTenant, testCallback, testPassword } from '#testing/tenant';

const email = 'hana@example.com';
const host = 'id.example.com';
let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  await changeTenantSettings(tenant.ctx, { flags: { enable_dynamic_client_registration: true } });
});
after(() => tenant.close());

/** The pages of a sign-in, up to the one that asks for consent. */
async function pagesOf(metadata: Record<string, string>): Promise<Answer[]> {
  const payload = { redirect_uris: [testCallback], client_name: 'Notes', ...metadata };
  const response = await tenant.app.inject({ method: 'POST', url: '/oidc/register', headers: { host }, payload });
  const { client_id, client_secret } = response.json();
  const application = new TestApplication(tenant, (await findClient(tenant.ctx, client_id)) as Client, client_secret);
  const browser = new TestBrowser(tenant);
  const first = await browser.open(application.authorizeUrl());
  const second = await browser.submit(first, { username: email });
  const pages = [first, second, await browser.submit(second, { password: testPassword })];
  assert.deepEqual(
    pages.map(({ url }) => url.split('?')[0]),
    ['/u/login/identifier', '/u/login/password', '/u/consent'],
  );
  return pages;
}

const imagesOf = ({ headers }: Answer) =>
  /img-src ([^;]*)/.exec(String(headers['content-security-policy']))?.[1]?.split(' ');

test('oidcc-registration-logo-uri: every page shows the logo, tells its host nothing, and may load from there alone', async () => {
  const logo = 'https://app.example.com/logo.png?a=1&b=2';
  for (const page of await pagesOf({ logo_uri: logo })) {
    assert.ok(
      page.body.includes(
        '<img src="https://app.example.com/logo.png?a=1&amp;b=2" alt="" referrerpolicy="no-referrer">',
      ),
    );
    assert.deepEqual(imagesOf(page), ["'self'", 'data:', 'https://app.example.com']);
  }
});

test('a journey that took too long leads back to where the application begins one, which is told by whom (OpenID Connect Core §4)', async () => {
  const initiate_login_uri = 'https://app.example.com/login?from=id';
  const application = await TestApplication.create(tenant, { initiate_login_uri });
  const browser = new TestBrowser(tenant);
  const page = await browser.open(application.authorizeUrl());
  const stranger = new TestBrowser(tenant);
  await stranger.open(application.authorizeUrl());
  tenant.pass(60 * 60 * 1000);
  const link =
    '<a class="button primary" href="https://app.example.com/login?from=id&amp;iss=https%3A%2F%2Fid.example.com%2F">';
  const ended = await browser.open(page.url);
  assert.equal(ended.status, 400);
  assert.ok(ended.body.includes(link), ended.body);
  assert.equal((await stranger.open(page.url)).body.includes('app.example.com'), false);
});

test('A14: who is asked for consent is told that nobody vetted the application, and where it sends them', async () => {
  const told = 'nobody here has checked who is behind it. If you allow it, you go on to app.example.com.';
  const [, , consent] = await pagesOf({ client_name: 'Your bank' });
  assert.ok(consent?.body.includes(told), 'the page says nothing of it');
  const application = await TestApplication.create(tenant, { is_first_party: false });
  const browser = new TestBrowser(tenant);
  const first = await browser.open(application.authorizeUrl());
  const second = await browser.submit(first, { username: email });
  const ofTenant = await browser.submit(second, { password: testPassword });
  assert.match(ofTenant.url, /^\/u\/consent/);
  assert.equal(ofTenant.body.includes(told), false);
});

test('without a logo the pages load pictures from nowhere else', async () => {
  for (const page of await pagesOf({})) assert.deepEqual(imagesOf(page), ["'self'", 'data:']);
});

for (const [member, label] of [
  ['policy_uri', 'Privacy policy'],
  ['tos_uri', 'Terms of service'],
] as const) {
  test(`oidcc-registration-${member.replace('_', '-')}: every page leads there, in a window that knows nothing of it`, async () => {
    for (const page of await pagesOf({ [member]: 'https://app.example.com/x?y=%22' })) {
      const link = `<a href="https://app.example.com/x?y=%22" target="_blank" rel="noopener noreferrer">${label}</a>`;
      assert.ok(page.body.includes(link), page.body);
    }
  });
}
