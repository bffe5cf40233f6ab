// The language of the pages: what the application asks, what the browser prefers, what people choose on the page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ann, beginWalk, signIn, type Walk } from './walk.ts';

describe('the language of the pages', () => {
  let walk: Walk;
  before(async () => {
    walk = await beginWalk();
  });
  after(() => walk?.end());

  test('is what the application asks by ui_locales, to the end of the journey', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.guest.authorizeUrl(walk.issuer, { ui_locales: 'fr ja en' }));
    await page.getByRole('heading', { name: 'ログイン' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'ja');
    assert.match(await page.title(), /^ログイン \| /);
    await signIn(page, ann, 'ja');
    await page.getByRole('heading', { name: '「Guest」にアクセスを許可しますか？' }).waitFor();
    await page.getByRole('button', { name: '許可する' }).click();
    assert.ok((await walk.guest.arrival(page)).parameters.get('code'));
  });

  test('is else what the browser prefers, mistakes included', async (t) => {
    const { page } = await walk.visitor(t, { locale: 'ja-JP', expected: [/status of 400/] });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await page.getByLabel('メールアドレス').fill(ann);
    await page.getByRole('button', { name: '続ける' }).click();
    await page.getByLabel('パスワード', { exact: true }).fill('Wrong-horse-battery-1');
    await page.getByRole('button', { name: 'ログイン' }).click();
    assert.equal(await page.getByRole('alert').textContent(), 'メールアドレスまたはパスワードが正しくありません。');
    assert.match(await page.title(), /^エラー：/);
  });

  test('is else the tenant’s own', async (t) => {
    const { page } = await walk.visitor(t, { locale: 'fr-FR' });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await page.getByRole('heading', { name: 'Log in' }).waitFor();
  });

  test('can be changed on the page, and stays so on the next', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await page.getByRole('link', { name: '日本語' }).click();
    await page.getByRole('heading', { name: 'ログイン' }).waitFor();
    await page.getByRole('link', { name: '新規登録' }).click();
    await page.getByRole('heading', { name: '新規登録' }).waitFor();
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Create your account' }).waitFor();
    await page.getByRole('link', { name: 'Log in' }).click();
    await signIn(page, ann);
    assert.ok((await walk.shop.arrival(page)).parameters.get('code'));
  });

  test('of a refusal is the browser’s too', async (t) => {
    const { page } = await walk.visitor(t, { locale: 'ja-JP', expected: [/status of 400/] });
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { redirect_uri: 'https://attacker.example/' }));
    await page.getByRole('heading', { name: 'リクエストを受け付けられませんでした' }).waitFor();
  });

  test('of the question before a log-out is the browser’s or what people choose', async (t) => {
    const { page } = await walk.visitor(t, { locale: 'ja-JP' });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann, 'ja');
    await walk.shop.arrival(page);
    await page.goto(`${walk.issuer}oidc/logout`);
    await page.getByRole('heading', { name: 'ログアウトしますか？' }).waitFor();
    await page.getByRole('link', { name: 'English' }).click();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByRole('heading', { name: 'You’re logged out' }).waitFor();
  });
});
