// Tests what an application asks for beyond scopes: claims one by one, authentication contexts, an API's own terms.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createResourceServer } from '#domain/resource-servers';
import { assertRefused, claimsOf, type Fields, TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { createTestUser, openTestTenant, type TestTenant, testAudience } from '#testing/tenant';

let tenant: TestTenant;
let application: TestApplication;
let browser: TestBrowser;
let userId: string;
const orders = 'https://orders.example.com/';
const payment = { type: 'payment', amount: '1200', currency: 'JPY' };

before(async () => {
  tenant = await openTestTenant();
  const scopes = [{ value: 'read:things' }];
  const authorization_details = [{ type: 'payment' }];
  const api = { name: 'API', identifier: testAudience, scopes, allow_offline_access: true, authorization_details };
  await createResourceServer(tenant.ctx, api);
  const orderScopes = [{ value: 'read:orders' }, { value: 'write:orders' }];
  await createResourceServer(tenant.ctx, { name: 'Orders', identifier: orders, scopes: orderScopes });
  userId = (await createTestUser(tenant, 'ann@example.com')).user_id;
  application = await TestApplication.create(tenant, { app_type: 'regular_web' });
  browser = new TestBrowser(tenant);
  await application.signIn(browser, 'ann@example.com');
});
after(() => tenant.close());

async function tokens(fields: Fields, app = application): Promise<Readonly<Record<string, string>>> {
  const answer = await app.silently(browser, fields);
  assert.ok(answer.has('code'), String(answer));
  const { status, body } = await app.redeem(answer.get('code'));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

const refusedWith = async (error: string, fields: Fields) =>
  assert.equal((await application.silently(browser, fields)).get('error'), error);

const asking = (place: string, claims: object) => JSON.stringify({ [place]: claims });

for (const [name, audience] of [
  ['an opaque access token', undefined],
  ['a JWT', testAudience],
] as const) {
  test(`claims asked for one by one come from userinfo, by ${name} (OpenID Connect Core §5.5)`, async () => {
    const claims = asking('userinfo', { email: { essential: true }, name: null, unknown_claim: null });
    const { access_token } = await tokens({ scope: 'openid', claims, audience });
    const { body } = await application.userinfo(access_token);
    assert.deepEqual(Object.keys(body), ['sub', 'name', 'email']);
  });
}

test('claims asked for one by one stand in the ID token, also in one that was refreshed', async () => {
  const claims = asking('id_token', { email: null });
  const body = await tokens({ scope: 'openid offline_access', claims });
  const { email, name } = claimsOf(body['id_token']);
  assert.deepEqual([email, name], ['ann@example.com', undefined]);
  const refreshed = await application.refresh(body['refresh_token']);
  assert.equal(claimsOf(refreshed.body['id_token'])['email'], 'ann@example.com');
});

test('an application that is not our own has the person asked for every claim, by the scope that it belongs to', async () => {
  const third = await TestApplication.create(tenant, { app_type: 'regular_web', is_first_party: false });
  const accept = async (fields: Fields) => {
    const page = await browser.open(third.authorizeUrl(fields));
    assert.match(page.url, /^\/u\/consent\?/);
    await browser.submit(page, { action: 'accept' });
    return page.body;
  };
  assert.doesNotMatch(await accept({}), /email address/);
  assert.ok((await third.silently(browser)).has('code'));
  for (const place of ['userinfo', 'id_token']) {
    const claims = asking(place, { [place === 'userinfo' ? 'email' : 'phone_number']: { essential: true } });
    assert.equal((await third.silently(browser, { claims })).get('error'), 'consent_required');
    assert.match(await accept({ claims, ui_locales: 'en' }), place === 'userinfo' ? /email address/i : /phone/i);
    assert.ok((await third.silently(browser, { claims })).has('code'));
  }
});

test('without asking, neither token nor userinfo tells more than the scopes', async () => {
  const body = await tokens({ scope: 'openid' });
  assert.equal('email' in claimsOf(body['id_token']), false);
  assert.deepEqual(Object.keys((await application.userinfo(body['access_token'])).body), ['sub']);
});

test('a claims parameter that cannot be read is refused', async () => {
  const deep = `{"userinfo":{"a":${'['.repeat(80)}${']'.repeat(80)}}}`;
  for (const claims of [
    '',
    'x',
    '[]',
    '{"userinfo":1}',
    '{"userinfo":{"email":1}}',
    '{"id_token":{"a":{"values":1}}}',
    deep,
  ]) {
    if (claims !== '') await refusedWith('invalid_request', { claims });
  }
  await refusedWith('invalid_request', { claims: '{"userinfo":{"email":null},"userinfo":{}}' });
  await refusedWith('invalid_request', {
    claims: asking('userinfo', Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`c${i}`, null]))),
  });
  await tokens({ claims: '{"userinfo":{"__proto__":null,"constructor":{"essential":true}},"other":1}' });
});

test('the claim sub says of whom the application speaks, as an id_token_hint does (§5.5.1)', async () => {
  const about = (sub: unknown) => asking('id_token', { sub: { value: sub } });
  for (const sub of [{ toString: null }, 7, [userId], true])
    await refusedWith('invalid_request', { claims: about(sub) });
  assert.equal(claimsOf((await tokens({ claims: about(userId) }))['id_token'])['sub'], userId);
  await refusedWith('login_required', { claims: about('auth0|somebody') });
  const { id_token } = await tokens({});
  await refusedWith('invalid_request', { claims: about('auth0|somebody'), id_token_hint: id_token });
});

test('so it does in the wish for userinfo', async () => {
  const wish = (value: string) => ({ claims: asking('userinfo', { sub: { value } }) });
  assert.ok((await application.silently(browser, wish(userId))).has('code'));
  await refusedWith('login_required', wish('auth0|somebody-else'));
});

test('nobody is sent to sign in for an essential acr that no sign-in here reaches', async () => {
  const claims = asking('id_token', { acr: { essential: true, values: ['urn:mace:incommon:iap:gold'] } });
  const { location } = await new TestBrowser(tenant).request({
    method: 'GET',
    url: application.authorizeUrl({ claims }),
  });
  assert.equal(location?.searchParams.get('error'), 'unmet_authentication_requirements');
});

test('prompt=create shows the sign-up, to who is signed in too (Initiating User Registration §4.1)', async () => {
  for (const from of [new TestBrowser(tenant), browser]) {
    assert.match((await from.open(application.authorizeUrl({ prompt: 'create' }))).url, /^\/u\/signup\/identifier\?/);
  }
  await refusedWith('invalid_request', { prompt: 'create none' });
});

test('acr is told when it is asked for, and refused when it must be what cannot be reached (§5.5.1.1)', async () => {
  assert.equal('acr' in claimsOf((await tokens({}))['id_token']), false);
  assert.equal(claimsOf((await tokens({ acr_values: 'urn:example:gold 1' }))['id_token'])['acr'], '1');
  const wanted = (values: string[], essential = true) => asking('id_token', { acr: { essential, values }, amr: null });
  const { acr, amr } = claimsOf((await tokens({ claims: wanted(['urn:example:gold', '1']) }))['id_token']);
  assert.deepEqual([acr, amr], ['1', ['pwd']]);
  await refusedWith('unmet_authentication_requirements', { claims: wanted(['urn:example:gold']) });
  assert.equal(claimsOf((await tokens({ claims: wanted(['urn:example:gold'], false) }))['id_token'])['acr'], '1');
});

test('what the application registered stands in for what a request doesn’t say', async () => {
  const app = await TestApplication.create(tenant, {
    app_type: 'regular_web',
    default_acr_values: ['1'],
    default_max_age: 3600,
  });
  assert.equal(claimsOf((await tokens({}, app))['id_token'])['acr'], '1');
  tenant.pass(2 * 3600 * 1000);
  assert.equal((await app.silently(browser, {})).get('error'), 'login_required');
  assert.ok((await app.silently(browser, { max_age: '86400' })).has('code'));
});

/** Goes on through the consent page. */
async function agree(fields: Fields): Promise<URLSearchParams> {
  const page = await browser.open(application.authorizeUrl(fields));
  assert.match(page.body, /1200/, 'the page doesn’t show what is asked for');
  const { location } = await browser.submit(page, { action: 'accept' });
  assert.ok(location);
  return location.searchParams;
}

test('what is asked for in the API’s own terms is shown, and stands in every token that comes of it (RFC 9396)', async () => {
  const fields = {
    audience: testAudience,
    scope: 'openid offline_access',
    authorization_details: JSON.stringify([payment]),
  };
  await refusedWith('consent_required', fields);
  const { body } = await application.redeem((await agree(fields)).get('code'));
  assert.deepEqual(body['authorization_details'], [payment]);
  assert.deepEqual(claimsOf(body['access_token'])['authorization_details'], [payment]);
  const refreshed = await application.refresh(body['refresh_token']);
  assert.deepEqual(claimsOf(refreshed.body['access_token'])['authorization_details'], [payment]);
});

test('details of a type that the API doesn’t define, or that cannot be read, are refused (RFC 9396 §5)', async () => {
  for (const details of ['x', '{}', '[]', '[1]', '[{}]', '[{"type":"unknown"}]']) {
    await refusedWith('invalid_authorization_details', { audience: testAudience, authorization_details: details });
  }
  await refusedWith('invalid_authorization_details', { authorization_details: JSON.stringify([payment]) });
});

test('resource names the API as audience does; one that is no absolute URI is refused (RFC 8707 §2)', async () => {
  const { access_token } = await tokens({ resource: testAudience });
  assert.deepEqual([claimsOf(access_token)['aud']].flat()[0], testAudience);
  await refusedWith('invalid_target', { resource: 'things' });
  await refusedWith('invalid_target', { resource: `${testAudience}#x` });
});

test('a code is for the API that was asked for, and for no other (RFC 8707 §2.2)', async () => {
  const code = async () => (await application.silently(browser, { audience: testAudience })).get('code');
  assertRefused(await application.redeem(await code(), { resource: orders }), 400, 'invalid_target');
  assert.equal((await application.redeem(await code(), { resource: testAudience })).status, 200);
});

test('a refresh token is for other APIs as far as the application’s policies say, and its own stays as it was', async () => {
  const app = await TestApplication.create(tenant, {
    app_type: 'regular_web',
    refresh_token: {
      ...application.client.refresh_token,
      policies: [{ audience: orders, scope: ['read:orders'] }],
    },
  });
  const first = await tokens({ audience: testAudience, scope: 'openid offline_access read:things' }, app);
  const second = await app.refresh(first['refresh_token'], { audience: orders });
  assert.deepEqual(claimsOf(second.body['access_token'])['aud'], [orders, 'https://id.example.com/userinfo']);
  assert.match(String(second.body['scope']), /read:orders/);
  assertRefused(
    await app.refresh(second.body['refresh_token'], { audience: orders, scope: 'write:orders' }),
    400,
    'invalid_scope',
  );
  assertRefused(
    await app.refresh(second.body['refresh_token'], { audience: 'https://id.example.com/api/v2/' }),
    400,
    'invalid_target',
  );
  const third = await app.refresh(second.body['refresh_token']);
  assert.match(String(third.body['scope']), /read:things/);
  assert.doesNotMatch(String(third.body['scope']), /orders/);
  const narrow = await app.refresh(third.body['refresh_token'], { scope: 'openid' });
  assert.equal(narrow.body['scope'], 'openid');
});

test('a policy of an application that is not our own reaches no API that nobody was asked about', async () => {
  const policies = [{ audience: orders, scope: ['read:orders'] }];
  const refresh_token = { ...application.client.refresh_token, policies };
  const third = await TestApplication.create(tenant, { app_type: 'regular_web', is_first_party: false, refresh_token });
  const page = await browser.open(
    third.authorizeUrl({ audience: testAudience, scope: 'openid offline_access read:things' }),
  );
  const { location } = await browser.submit(page, { action: 'accept' });
  const { body } = await third.redeem(location?.searchParams.get('code') ?? null);
  assertRefused(await third.refresh(body['refresh_token'], { audience: orders }), 400, 'invalid_target');
  assert.equal((await third.refresh(body['refresh_token'])).status, 200);
});
