// Tests what of rich authorization requests is beyond the sign-in: narrowing, applications' own, what a person reads (RFC 9396).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { grantClient } from '#domain/client-grants';
import { createResourceServer } from '#domain/resource-servers';
import { assertRefused, claimsOf, TestApplication, type TokenAnswer } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { createTestUser, openTestTenant, type TestTenant, testAudience } from '#testing/tenant';

const email = 'hana@example.com';
const payment = { type: 'payment', amount: { value: '123.50', currency: 'EUR' }, creditor: 'Merchant <A>', note: {} };
const account = { type: 'account', actions: ['read', 'list'] };
let tenant: TestTenant;
let app: TestApplication;
/** Signed in; tests must leave it so. */
let browser: TestBrowser;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
  const bank = { name: 'Bank', identifier: testAudience, allow_offline_access: true };
  const authorization_details = [{ type: 'payment' }, { type: 'account' }];
  await createResourceServer(tenant.ctx, { ...bank, authorization_details });
  app = await TestApplication.create(tenant, { app_type: 'regular_web' });
  browser = new TestBrowser(tenant, { 'accept-language': 'en' });
  await app.signIn(browser, email);
});
after(() => tenant.close());

const asking = (...details: readonly object[]) => ({
  audience: testAudience,
  scope: 'openid offline_access',
  authorization_details: JSON.stringify(details),
});

const detailsIn = ({ body }: TokenAnswer) => body['authorization_details'] as unknown;

/** Goes on through the consent page. */
async function code(): Promise<string | null> {
  const page = await browser.open(app.authorizeUrl(asking(payment, account)));
  const { location } = await browser.submit(page, { action: 'accept' });
  return location?.searchParams.get('code') ?? null;
}

test('a token request may ask for some of what was granted, in whatever order its members stand', async () => {
  const { creditor, amount, type, note } = payment;
  const reordered = [{ note, creditor, type, amount: { currency: amount.currency, value: amount.value } }];
  const narrowed = await app.redeem(await code(), { authorization_details: JSON.stringify(reordered) });
  assert.deepEqual(detailsIn(narrowed), [payment]);
  assert.deepEqual(claimsOf(narrowed.body['access_token'])['authorization_details'], [payment]);
  const wish = { authorization_details: JSON.stringify([account]) };
  const refreshed = await app.refresh(narrowed.body['refresh_token'], wish);
  assert.deepEqual(detailsIn(refreshed), [account], 'the grant is as it was');
  assert.deepEqual(detailsIn(await app.refresh(refreshed.body['refresh_token'])), [payment, account]);
});

test('and for nothing else; a refusal of the refresh uses nothing up', async () => {
  const { amount } = payment;
  const { body } = await app.redeem(await code());
  for (const more of [{ ...payment, amount: { ...amount, value: '9999' } }, { type: 'account' }, { type: 'other' }]) {
    const wish = { authorization_details: JSON.stringify([more]) };
    assertRefused(await app.refresh(body['refresh_token'], wish), 400, 'invalid_authorization_details');
    assertRefused(await app.redeem(await code(), wish), 400, 'invalid_authorization_details');
  }
  assertRefused(
    await app.refresh(body['refresh_token'], { authorization_details: 'x' }),
    400,
    'invalid_authorization_details',
  );
  assert.equal((await app.refresh(body['refresh_token'])).status, 200);
});

test('what stands twice, lies too deep, or is too much is refused', async () => {
  const many = JSON.stringify(Array.from({ length: 21 }, () => account));
  const deep = `[{"type":"account","x":${'['.repeat(200)}${']'.repeat(200)}}]`;
  const long = JSON.stringify([{ ...account, x: 'x'.repeat(9000) }]);
  const twice = '[{"type":"account","type":"payment"}]';
  const broken = '[{"type":"account"}],"value":[{"type":"account"}]';
  for (const authorization_details of [many, deep, long, twice, broken, 'null', '[{"type":"__proto__"}]']) {
    const response = await app.silently(browser, { ...asking(), authorization_details });
    assert.equal(response.get('error'), 'invalid_authorization_details', authorization_details.slice(0, 60));
  }
});

test('a person reads one line for each value, whatever is in it', async () => {
  const { body } = await browser.open(app.authorizeUrl(asking(payment, account)));
  const lines = ['amount › value: 123.50', 'amount › currency: EUR', 'creditor: Merchant &lt;A&gt;', 'note: –'];
  for (const text of ['<code>payment</code>', ...lines, 'actions: read, list']) assert.ok(body.includes(text), text);
});

test('an application asks in its own name for the types that its grant allows', async () => {
  const machine = await TestApplication.create(tenant, { app_type: 'non_interactive' });
  const grant = { client_id: machine.client.client_id, audience: testAudience, scope: [] };
  await grantClient(tenant.ctx, { ...grant, authorization_details_types: ['account'] });
  const ask = (...details: readonly object[]) =>
    machine.post({ grant_type: 'client_credentials', ...asking(...details), scope: undefined });
  const answer = await ask(account);
  assert.deepEqual(detailsIn(answer), [account]);
  assert.deepEqual(claimsOf(answer.body['access_token'])['authorization_details'], [account]);
  assertRefused(await ask(payment), 400, 'invalid_authorization_details');
  assertRefused(await ask({ type: 'other' }), 400, 'invalid_authorization_details');
});

test('discovery tells the types that there are', async () => {
  const headers = { host: 'id.example.com' };
  const types = async () =>
    (await tenant.app.inject({ url: '/.well-known/openid-configuration', headers })).json()
      .authorization_details_types_supported;
  assert.deepEqual(await types(), ['account', 'payment']);
  await createResourceServer(tenant.ctx, {
    name: 'New',
    identifier: 'new',
    authorization_details: [{ type: 'zebra' }],
  });
  assert.deepEqual(await types(), ['account', 'payment', 'zebra']);
});
