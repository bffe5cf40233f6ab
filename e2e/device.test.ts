// Sign-in on another device, in a real browser: the code, the sign-in, the decision; and what waits behind the scenes.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { catalogues, type Locale, locales } from '../server/src/i18n/locale.ts';
import { ann, beginWalk, ben, signIn, type Walk } from './walk.ts';

type Answer = Readonly<Record<string, string>>;

describe('sign-in on another device', () => {
  let walk: Walk;
  before(async () => {
    walk = await beginWalk();
  });
  after(() => walk?.end());

  async function post(path: string, fields: Record<string, string>): Promise<Answer> {
    const headers = { 'user-agent': 'Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36' };
    const body = new URLSearchParams(fields);
    return (await fetch(`${walk.issuer}${path}`, { method: 'POST', headers, body })).json() as Promise<Answer>;
  }

  const beginDevice = () => post('oauth/device/code', { client_id: walk.tv.client_id, scope: 'openid email' });

  const pollDevice = ({ device_code = '' }: Answer) => {
    const grant_type = 'urn:ietf:params:oauth:grant-type:device_code';
    return post('oauth/token', { client_id: walk.tv.client_id, grant_type, device_code });
  };

  async function enter(page: Page, code: string, locale: Locale): Promise<void> {
    const t = catalogues[locale];
    await page.getByLabel(t.activate.code, { exact: true }).fill(code);
    await page.getByRole('button', { name: t.common.continue, exact: true }).click();
  }

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  for (const locale of locales) {
    const t = catalogues[locale];
    for (const javaScriptEnabled of [true, false]) {
      const how = `in ${t.language}${javaScriptEnabled ? '' : ', without scripts'}`;
      test(`a person types the code, signs in, compares, and allows it, ${how}`, async (context) => {
        const { page } = await walk.visitor(context, { locale, javaScriptEnabled, expected: [/status of 400/] });
        const begun = await beginDevice();
        await page.goto(`${walk.issuer}activate`);
        await enter(page, 'BBBB-BBBB', locale);
        await page.getByText(t.problems.unknownCode).waitFor();
        await enter(page, String(begun['user_code']).toLowerCase(), locale);
        await signIn(page, ann, locale);
        await page.getByRole('heading', { level: 1, name: t.approve.deviceTitle('Television') }).waitFor();
        for (const text of [String(begun['user_code']), t.approve.devices.tv, t.approve.sameNetwork, ann]) {
          await page.getByText(text, { exact: true }).waitFor();
        }
        assert.equal((await pollDevice(begun))['error'], 'authorization_pending');
        await press(page, t.consent.accept);
        await page.getByRole('heading', { level: 1, name: t.approved.title }).waitFor();
        assert.ok((await pollDevice(begun))['id_token']);
      });
    }

    test(`what an application asks behind the scenes waits at /u/approvals, in ${t.language}`, async (context) => {
      const { page } = await walk.visitor(context, { locale });
      const { client_id, client_secret = '' } = walk.bank;
      const credentials = { client_id, client_secret };
      const asked = { scope: 'openid', login_hint: ann, binding_message: `Transfer ${t.language}` };
      const { auth_req_id = '' } = await post('bc-authorize', { ...credentials, ...asked });
      await page.goto(`${walk.issuer}u/approvals`);
      await signIn(page, ann, locale);
      await page.getByText(asked.binding_message, { exact: true }).waitFor();
      await page.getByRole('link', { name: t.approvals.reviewOf('Bank') }).click();
      await page.getByRole('heading', { level: 1, name: t.approve.cibaTitle('Bank') }).waitFor();
      await page.getByText(asked.binding_message, { exact: true }).waitFor();
      await press(page, t.consent.deny);
      await page.getByRole('heading', { level: 1, name: t.denied.title }).waitFor();
      const grant_type = 'urn:openid:params:grant-type:ciba';
      assert.equal((await post('oauth/token', { ...credentials, grant_type, auth_req_id }))['error'], 'access_denied');
      await page.goto(`${walk.issuer}u/approvals`);
      await page.getByText(t.approvals.none).waitFor();
    });
  }

  test('the code that comes with the address is filled in, and the person still decides, as whom they choose', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    await walk.shop.arrival(page);
    const begun = await beginDevice();
    await page.goto(String(begun['verification_uri_complete']));
    assert.equal(await page.getByLabel('Code', { exact: true }).inputValue(), begun['user_code']);
    await press(page, 'Continue');
    await press(page, 'Use another account');
    await signIn(page, ben);
    await page.getByText(ben, { exact: true }).waitFor();
    await press(page, 'Don’t allow');
    await page.getByRole('heading', { name: 'Access was not allowed' }).waitFor();
    assert.equal((await pollDevice(begun))['error'], 'access_denied');
  });
});
