// Tests ID tokens that are signed with the application's secret and come back as hints: whom they name, and what they prove.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { type NewClient, rotateClientSecret } from '#domain/clients';
import { claimsOf, TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { cibaGrant, postForm } from '#testing/polling';
import { createTestUser, openTestTenant, type TestTenant } from '#testing/tenant';

const email = 'hana@example.com';
const other = 'taro@example.com';
let tenant: TestTenant;
let userId: string;

before(async () => {
  tenant = await openTestTenant();
  userId = (await createTestUser(tenant, email)).user_id;
  await createTestUser(tenant, other);
});
after(() => tenant.close());

function application(settings: Partial<NewClient> = {}): Promise<TestApplication> {
  const jwt_configuration = { alg: 'HS256', lifetime_in_seconds: 36_000 } as const;
  return TestApplication.create(tenant, { app_type: 'regular_web', jwt_configuration, ...settings });
}

/** A token that an application makes by itself, as it could. */
function forged({ client, secret }: TestApplication, claims: Readonly<Record<string, unknown>>): Promise<string> {
  const said = { iss: tenant.ctx.issuer, aud: client.client_id, ...claims };
  return new SignJWT(said).setProtectedHeader({ alg: 'HS256', typ: 'JWT' }).sign(Buffer.from(secret ?? ''));
}

/** A browser where somebody is signed in, and the ID token that says so. */
async function signedIn(app: TestApplication, person = email) {
  const browser = new TestBrowser(tenant);
  const { body } = await app.redeem((await app.signIn(browser, person)).get('code'));
  return { browser, id_token_hint: String(body['id_token']) };
}

const logoutAddress = (id_token_hint: string) => `/oidc/logout?${new URLSearchParams({ id_token_hint })}`;

describe('an ID token that is signed with the secret', () => {
  test('names the person who is expected', async () => {
    const app = await application();
    const { browser, id_token_hint } = await signedIn(app);
    assert.ok((await app.silently(browser, { id_token_hint })).get('code'));
    const { id_token_hint: theirs } = await signedIn(app, other);
    assert.equal((await app.silently(browser, { id_token_hint: theirs })).get('error'), 'login_required');
  });

  test('logs the person out at once', async () => {
    const app = await application();
    const { browser, id_token_hint } = await signedIn(app);
    const { url } = await browser.open(logoutAddress(id_token_hint));
    assert.equal(new URL(url, tenant.ctx.issuer).pathname, '/u/logged-out');
    assert.equal((await app.silently(browser)).get('error'), 'login_required');
  });

  test('names whom to ask behind the scenes', async () => {
    const app = await application({ grant_types: ['authorization_code', cibaGrant] });
    const { id_token_hint } = await signedIn(app);
    const { client, secret } = app;
    const asked = { client_id: client.client_id, client_secret: secret, scope: 'openid', binding_message: 'Till 7' };
    const { status, body } = await postForm(tenant, '/bc-authorize', { ...asked, id_token_hint });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(tenant.notices.at(-1)?.user.user_id, userId);
  });

  test('is known after the secret was rotated, as long as the old one works', async () => {
    const app = await application();
    const { browser, id_token_hint } = await signedIn(app);
    await rotateClientSecret(tenant.ctx, app.client.client_id, { overlapSeconds: 60 });
    assert.ok((await app.silently(browser, { id_token_hint })).get('code'));
    tenant.pass(61_000);
    assert.equal((await app.silently(browser, { id_token_hint })).get('error'), 'invalid_request');
  });

  test('is none when others signed it, or the application signs otherwise', async () => {
    const app = await application();
    const { browser } = await signedIn(app);
    const stranger = await application();
    const asymmetric = await application({ jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 } });
    for (const id_token_hint of [
      await forged({ ...stranger, client: app.client } as TestApplication, { sub: userId }),
      await forged(asymmetric, { sub: userId }),
      await forged(app, { sub: userId, iss: 'https://evil.test/' }),
      await forged(app, { sub: userId, azp: app.client.client_id }),
    ]) {
      assert.equal((await app.silently(browser, { id_token_hint })).get('error'), 'invalid_request');
      assert.equal((await browser.open(logoutAddress(id_token_hint))).status, 400);
    }
    assert.ok((await app.silently(browser)).get('code'));
  });
});

describe('because the application could make one by itself', () => {
  test('the person is asked before a log-out, unless it names the session, which must be told', async () => {
    const app = await application();
    const { browser, id_token_hint } = await signedIn(app);
    for (const claims of [{ sub: userId }, { sub: userId, sid: 'guessed' }]) {
      const { url } = await browser.open(logoutAddress(await forged(app, claims)));
      assert.equal(new URL(url, tenant.ctx.issuer).pathname, '/u/logout');
    }
    assert.ok((await app.silently(browser)).get('code'));
    const { sid } = claimsOf(id_token_hint);
    await browser.open(logoutAddress(await forged(app, { sub: userId, sid })));
    assert.equal((await app.silently(browser)).get('error'), 'login_required');
  });

  test('it names nobody by what another sector was told of them', async () => {
    const pairwise = (sector: string) =>
      application({ subject_type: 'pairwise', sector_identifier_uri: `https://${sector}/list.json` });
    const [app, elsewhere] = [await pairwise('a.test'), await pairwise('b.test')];
    const { browser, id_token_hint } = await signedIn(app);
    assert.ok((await app.silently(browser, { id_token_hint })).get('code'));
    const own = claimsOf(id_token_hint)['sub'];
    const { sealed_sub, sub } = claimsOf((await signedIn(elsewhere)).id_token_hint);
    for (const claims of [{ sub: userId }, { sub: own }, { sub, sealed_sub }, { sub: userId, sealed_sub }]) {
      const hint = await forged(app, claims);
      assert.equal((await app.silently(browser, { id_token_hint: hint })).get('error'), 'invalid_request');
    }
  });
});
