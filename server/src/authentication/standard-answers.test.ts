// Tests compliance_level: an application that is held to a specification is answered by its letter, not as Auth0 answers.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertRefused, claimsOf, TestApplication } from '../testing/application.ts';
import { TestBrowser } from '../testing/browser.ts';
import { createTestUser, openTestTenant, type TestTenant } from '../testing/tenant.ts';

const email = 'hana@example.com';
const scope = 'openid profile email offline_access';
const grant_types = ['authorization_code', 'refresh_token', 'implicit'];
let tenant: TestTenant;

before(async () => {
  tenant = await openTestTenant();
  await createTestUser(tenant, email);
});
after(() => tenant.close());

for (const [level, status] of [
  ['none', 403],
  ['oidc', 400],
] as const) {
  describe(`an application whose compliance_level is ${level}`, () => {
    let application: TestApplication;
    let tokens: Readonly<Record<string, string>>;
    before(async () => {
      const settings = { app_type: 'regular_web', compliance_level: level, grant_types } as const;
      application = await TestApplication.create(tenant, settings);
      tokens = await application.tokens(email, { scope });
    });

    test(`is refused a code's second use with ${status} (oidcc-codereuse)`, async () => {
      const browser = new TestBrowser(tenant);
      const code = (await application.signIn(browser, email)).get('code');
      assert.equal((await application.redeem(code)).status, 200);
      assertRefused(await application.redeem(code), status, 'invalid_grant');
    });

    test(`is refused an unknown refresh token and a grant that it may not use with ${status}`, async () => {
      assertRefused(await application.refresh('v1.unknown'), status, 'invalid_grant');
      assertRefused(await application.post({ grant_type: 'client_credentials' }), status, 'unauthorized_client');
    });

    test(`is told when the profile was changed as ${level === 'none' ? 'a text' : 'a number of seconds'}`, async () => {
      const { body } = await application.userinfo(tokens['access_token']);
      const now = tenant.ctx.now();
      assert.equal(body['updated_at'], level === 'none' ? new Date(now).toISOString() : now / 1000);
    });

    test(`gets the claims of scopes in userinfo${level === 'none' ? ' and in the ID token' : ' alone'}`, async () => {
      const claims = claimsOf(tokens['id_token']);
      assert.equal('email' in claims, level === 'none');
      assert.equal('nickname' in claims, level === 'none');
      assert.equal((await application.userinfo(tokens['access_token'])).body['email'], email);
    });

    test('gets the claims of scopes in an ID token that comes alone, because nothing else would tell them', async () => {
      const browser = new TestBrowser(tenant);
      await application.signIn(browser, email);
      const request = { scope: 'openid profile email', response_type: 'id_token', nonce: 'the-nonce', prompt: 'none' };
      const { location } = await browser.open(application.authorizeUrl(request));
      const claims = claimsOf(new URLSearchParams(location?.hash.slice(1)).get('id_token') ?? undefined);
      assert.equal(claims['email'], email);
      assert.equal(typeof claims['updated_at'], level === 'none' ? 'string' : 'number');
    });

    test('gets what it asked for by name in the ID token, wherever else it is told', async () => {
      const claims = JSON.stringify({ id_token: { email: { essential: true } } });
      const { id_token } = await application.tokens(email, { scope: 'openid', claims });
      assert.equal(claimsOf(id_token)['email'], email);
    });
  });
}
