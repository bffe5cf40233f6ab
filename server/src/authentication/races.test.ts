// Tests what works once against many who try at the same instant, through HTTP, on both databases.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withDatabase } from '#storage/testing';
import { TestApplication } from '../testing/application.ts';
import { formRequest, TestBrowser } from '../testing/browser.ts';
import { approveDevice, beginDevice, deviceGrant, openApproval, pollDevice } from '../testing/polling.ts';
import {
  createTestApi,
  createTestUser,
  openTestTenant,
  type TestTenant,
  testAudience,
  testPassword,
} from '../testing/tenant.ts';

const email = 'hana@example.com';
const request = { scope: 'openid offline_access read:things', audience: testAudience };

/** What came of many attempts: how often each status was answered. */
function tally(answers: readonly { readonly status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

const times = <T>(count: number, work: () => Promise<T>) => Promise.all(Array.from({ length: count }, work));

for (const dialect of ['sqlite', 'postgres'] as const) {
  describe(`on ${dialect}`, () => {
    const withTenant = (work: (tenant: TestTenant, browser: TestBrowser, spa: TestApplication) => Promise<void>) =>
      withDatabase(dialect, async (databaseUrl) => {
        const tenant = await openTestTenant({ databaseUrl });
        try {
          await createTestUser(tenant, email);
          await createTestApi(tenant);
          const spa = await TestApplication.create(tenant);
          const browser = new TestBrowser(tenant);
          await spa.signIn(browser, email);
          await work(tenant, browser, spa);
        } finally {
          await tenant.close();
        }
      });

    test('C02: of twenty redemptions of one code at once exactly one succeeds, fifty times over', () =>
      withTenant(async (_tenant, browser, spa) => {
        for (let round = 0; round < 50; round += 1) {
          const code = (await spa.silently(browser, request)).get('code');
          assert.deepEqual(tally(await times(20, () => spa.redeem(code))), { 200: 1, 403: 19 });
        }
      }));

    test('F02: of ten refreshes with one token at once exactly one succeeds, fifty times over', () =>
      withTenant(async (_tenant, browser, spa) => {
        for (let round = 0; round < 50; round += 1) {
          const { body } = await spa.redeem((await spa.silently(browser, request)).get('code'));
          assert.deepEqual(tally(await times(10, () => spa.refresh(body['refresh_token']))), { 200: 1, 403: 9 });
        }
      }));

    test('F02: within the leeway all of ten refreshes at once get the same successor', () =>
      withTenant(async (tenant, browser) => {
        const settings = (await TestApplication.create(tenant)).client.refresh_token;
        const patient = await TestApplication.create(tenant, { refresh_token: { ...settings, leeway: 3 } });
        const { body } = await patient.redeem((await patient.silently(browser, request)).get('code'));
        const answers = await times(10, () => patient.refresh(body['refresh_token']));
        assert.deepEqual(tally(answers), { 200: 10 });
        assert.equal(new Set(answers.map((answer) => answer.body['refresh_token'])).size, 1);
      }));

    test('of ten sign-ups for one address at once exactly one makes an account', () =>
      withTenant(async (tenant, _browser, spa) => {
        const attempt = async () => {
          const browser = new TestBrowser(tenant);
          const first = await browser.open(spa.authorizeUrl({ screen_hint: 'signup' }));
          const second = await browser.submit(first, { email: 'new@example.com' });
          return browser.request(formRequest(second, { password: testPassword }));
        };
        assert.deepEqual(tally(await times(10, attempt)), { 303: 1, 400: 9 });
      }));

    test('X03: of twenty polls for one approval at once exactly one gets tokens, fifty times over', () =>
      withTenant(async (tenant, browser) => {
        const grant_types = [deviceGrant, 'refresh_token'];
        const tv = await TestApplication.create(tenant, { app_type: 'native', grant_types });
        for (let round = 0; round < 50; round += 1) {
          const { device_code, user_code } = await beginDevice(tenant, tv, request);
          await approveDevice(tenant, user_code, email, browser);
          assert.deepEqual(tally(await times(20, () => pollDevice(tv, device_code))), { 200: 1, 403: 19 });
        }
      }));

    test('X03: of ten who decide on one device at once exactly one does', () =>
      withTenant(async (tenant) => {
        const tv = await TestApplication.create(tenant, { app_type: 'native', grant_types: [deviceGrant] });
        const { user_code } = await beginDevice(tenant, tv);
        const opened = await times(10, async () => {
          const browser = new TestBrowser(tenant);
          return { browser, page: await openApproval(browser, user_code, email) };
        });
        const decided = opened.map(({ browser, page }) => browser.submit(page, { action: 'accept' }));
        assert.deepEqual(tally(await Promise.all(decided)), { 200: 1, 400: 9 });
      }));

    test('of ten completions of one sign-in at once exactly one gets a code', () =>
      withTenant(async (tenant, _browser, spa) => {
        const browser = new TestBrowser(tenant);
        const first = await browser.open(spa.authorizeUrl({ prompt: 'login' }));
        const second = await browser.submit(first, { username: email });
        const { location } = await browser.request(formRequest(second, { password: testPassword }));
        const url = `${location?.pathname}${location?.search}`;
        assert.deepEqual(tally(await times(10, () => browser.request({ method: 'GET', url }))), { 302: 1, 400: 9 });
      }));
  });
}
