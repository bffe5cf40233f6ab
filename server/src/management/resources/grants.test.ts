// Tests what people allowed applications to do: listed, and withdrawn with the tokens that were issued by it.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createTestAccount } from '../../testing/accounts.ts';
import { TestApplication } from '../../testing/application.ts';
import { TestBrowser } from '../../testing/browser.ts';
import { TestManagement } from '../../testing/management.ts';
import { createTestApi, openTestTenant, testAudience, testPassword } from '../../testing/tenant.ts';

const tenant = await openTestTenant();
const api = await TestManagement.open(tenant);
await createTestApi(tenant);
after(() => tenant.close());

/** A person who allowed a foreign application to use an API, and the tokens it has for that. */
async function consented(email: string) {
  const person = await createTestAccount(api, { email });
  const app = await TestApplication.create(tenant, { is_first_party: false });
  const browser = new TestBrowser(tenant);
  const ask = { audience: testAudience, scope: 'openid offline_access read:things' };
  const identified = await browser.submit(await browser.open(app.authorizeUrl(ask)), { username: email });
  const asked = await browser.submit(identified, { password: testPassword });
  const { location } = await browser.submit(asked, { action: 'accept' });
  assert.ok(location);
  return { person, app, tokens: (await app.redeem(location.searchParams.get('code'))).body };
}

test('consents are listed by person, application and API, and withdrawn one by one', async () => {
  const { person, app, tokens } = await consented('one@example.com');
  const { client_id } = app.client;
  const user_id = encodeURIComponent(person.user_id);
  const { body } = await api.get(`/grants?user_id=${user_id}&include_totals=true`);
  assert.equal(body.total, 1);
  const [grant] = body.grants;
  assert.deepEqual(grant, {
    id: grant.id,
    clientID: client_id,
    user_id: person.user_id,
    audience: testAudience,
    scope: ['openid', 'offline_access', 'read:things'],
  });
  assert.deepEqual((await api.get(`/grants?client_id=${client_id}`)).body, [grant]);
  assert.deepEqual((await api.get(`/grants?user_id=${user_id}&audience=other`)).body, []);
  assert.equal((await api.delete(`/grants/${grant.id}`)).status, 204);
  assert.equal((await api.delete(`/grants/${grant.id}`)).status, 204);
  assert.deepEqual((await api.get(`/grants?user_id=${user_id}`)).body, []);
  assert.equal((await app.refresh(tokens['refresh_token'])).status, 403);
});

test('all that a person allowed is withdrawn at once', async () => {
  const one = await consented('all@example.com');
  const other = await consented('other@example.com');
  assert.equal((await api.delete(`/grants?user_id=${encodeURIComponent(one.person.user_id)}`)).status, 204);
  assert.equal((await one.app.refresh(one.tokens['refresh_token'])).status, 403);
  assert.equal((await other.app.refresh(other.tokens['refresh_token'])).status, 200);
  const { body } = await api.get('/grants?per_page=10&page=0');
  assert.deepEqual(
    body.map(({ user_id }: { user_id: string }) => user_id),
    [other.person.user_id],
  );
  assert.equal((await api.delete('/grants')).status, 400);
});
