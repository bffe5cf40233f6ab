// Every page as a screen reader, a keyboard and a small telephone meet it, in both languages.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { catalogues, locales } from '../server/src/i18n/locale.ts';
import { ann, beginWalk, password, signIn, type Walk } from './walk.ts';

/** What the page lacks as a document: its landmarks, its language, ids that are one thing's alone. */
function documentFaults(language: string): string[] {
  const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
  const ids = all('[id]').map(({ id }) => id);
  const named = all('[aria-describedby], [aria-labelledby]').flatMap((element) =>
    `${element.getAttribute('aria-describedby') ?? ''} ${element.getAttribute('aria-labelledby') ?? ''}`
      .trim()
      .split(/\s+/),
  );
  const { lang, scrollWidth, clientWidth } = document.documentElement;
  return [
    ...['main', 'h1'].filter((selector) => all(selector).length !== 1).map((selector) => `not one ${selector}`),
    ...(lang === language && document.title !== '' ? [] : [`lang=${lang}, title=${document.title}`]),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} twice`),
    ...named.filter((id) => !ids.includes(id)).map((id) => `nothing has the id ${id}`),
    ...all('img:not([alt])').map((image) => `no alt: ${image.outerHTML}`),
    ...(scrollWidth > clientWidth ? [`${scrollWidth} wide in ${clientWidth}`] : []),
  ];
}

/** What is wrong with what people type into and press: names, order, and size (WCAG 2.2, 2.5.8). */
function controlFaults(): string[] {
  const visible = (selector: string) =>
    [...document.querySelectorAll<HTMLElement>(selector)].filter((element) =>
      element.checkVisibility({ visibilityProperty: true }),
    );
  const inputs = visible('input') as HTMLInputElement[];
  const controls = visible('a, button, summary');
  const isSmall = ({ width, height }: DOMRect) => Math.min(width, height) < 24;
  return [
    ...inputs.filter(({ labels }) => !labels?.length).map(({ name }) => `${name} has no label`),
    ...inputs.filter(({ autocomplete }) => autocomplete === '').map(({ name }) => `${name} has no autocomplete`),
    ...controls.filter((one) => !(one.ariaLabel ?? one.textContent?.trim())).map((one) => `no name: ${one.outerHTML}`),
    ...controls.filter(({ tabIndex }) => tabIndex > 0).map((one) => `out of order: ${one.outerHTML}`),
    ...controls.filter((one) => isSmall(one.getBoundingClientRect())).map((one) => `hard to hit: ${one.outerHTML}`),
  ];
}

describe('every page can be read, reached and hit, on the narrowest screen too', () => {
  let walk: Walk;
  before(async () => {
    walk = await beginWalk();
  });
  after(() => walk?.end());

  const post = async (path: string, fields: Record<string, string>) =>
    (await fetch(`${walk.issuer}${path}`, { method: 'POST', body: new URLSearchParams(fields) })).json();
  const userCode = async () =>
    (await post('oauth/device/code', { client_id: walk.tv.client_id, scope: 'openid email' })).user_code;
  const askBehindTheScenes = () => {
    const { client_id, client_secret = '' } = walk.bank;
    const asked = { login_hint: ann, scope: 'openid', binding_message: 'W'.repeat(64) };
    return post('bc-authorize', { client_id, client_secret, ...asked });
  };

  for (const locale of locales) {
    const t = catalogues[locale];
    test(`in ${t.language}`, async (context) => {
      const { page } = await walk.visitor(context, {
        locale,
        viewport: { width: 320, height: 640 },
        reducedMotion: 'reduce',
        expected: [/status of 400/],
      });
      const seen: Record<string, string[]> = {};
      const look = async (title: string) => {
        await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
        const faults = [...(await page.evaluate(documentFaults, locale)), ...(await page.evaluate(controlFaults))];
        if (faults.length > 0) seen[await page.title()] = faults;
      };
      const lookAtProblem = async (title: string) => {
        await page.locator('[aria-invalid="true"]').waitFor();
        await look(title);
      };
      const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

      await page.goto(walk.shop.authorizeUrl(walk.issuer));
      await look(t.loginId.title);
      await press(t.common.continue);
      await lookAtProblem(t.loginId.title);
      await page.getByLabel(t.common.email).fill(`${'a-rather-long-address'.repeat(2)}@example.com`);
      await press(t.common.continue);
      await look(t.loginPassword.title);
      await page.getByLabel(t.common.password, { exact: true }).fill('Wrong-horse-battery-1');
      await press(t.loginPassword.submit);
      await lookAtProblem(t.loginPassword.title);

      await page.goto(walk.shop.authorizeUrl(walk.issuer, { screen_hint: 'signup' }));
      await look(t.signupId.title);
      await page.getByLabel(t.common.email).fill('narrow@example.com');
      await press(t.common.continue);
      await look(t.signupPassword.title);
      await page.getByLabel(t.common.password, { exact: true }).fill('weak');
      await press(t.signupPassword.submit);
      await lookAtProblem(t.signupPassword.title);

      await page.goto(walk.guest.authorizeUrl(walk.issuer, { prompt: 'consent' }));
      await signIn(page, ann, locale);
      await look(t.consent.title('Guest'));
      await press(t.consent.accept);
      await walk.guest.arrival(page);
      await page.goto(walk.shop.authorizeUrl(walk.issuer, { prompt: 'select_account' }));
      await look(t.selectAccount.title);

      await page.goto(`${walk.issuer}activate`);
      await look(t.activate.title);
      await press(t.common.continue);
      await lookAtProblem(t.activate.title);
      await page.getByLabel(t.activate.code, { exact: true }).fill(await userCode());
      await press(t.common.continue);
      await look(t.approve.deviceTitle('Television'));
      await press(t.consent.accept);
      await look(t.approved.title);
      await askBehindTheScenes();
      await page.goto(`${walk.issuer}u/approvals`);
      await look(t.approvals.title);
      await page.getByRole('link', { name: t.approvals.reviewOf('Bank') }).click();
      await look(t.approve.cibaTitle('Bank'));
      await press(t.consent.deny);
      await look(t.denied.title);

      await page.goto(`${walk.issuer}oidc/logout`);
      await look(t.logout.title);
      await press(t.logout.submit);
      await look(t.loggedOut.title);
      await page.goto(walk.shop.authorizeUrl(walk.issuer, { redirect_uri: 'https://attacker.example/' }));
      await page.getByText(t.error.developers).click();
      await look(t.error.request.title);
      assert.deepEqual(seen, {});
    });
  }

  test('the tabulator goes through a page as it is read', async (t) => {
    const { page } = await walk.visitor(t);
    await page.goto(walk.shop.authorizeUrl(walk.issuer, { login_hint: ann }));
    await page.getByRole('button', { name: 'Continue' }).click();
    const field = page.getByLabel('Password', { exact: true });
    await field.fill(password);
    const order: string[] = [];
    for (let steps = 0; steps < 4; steps += 1) {
      const { ariaLabel, textContent, id } = await page.evaluate(() => {
        const { ariaLabel, textContent, id } = document.activeElement as HTMLElement;
        return { ariaLabel, textContent, id };
      });
      order.push(ariaLabel ?? (textContent || id));
      await page.keyboard.press('Tab');
    }
    assert.deepEqual(order, ['password', 'Show password', 'Log in', '日本語']);
    await field.focus();
    await page.keyboard.press('Shift+Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.ariaLabel), `Edit ${ann}`);
  });
});
