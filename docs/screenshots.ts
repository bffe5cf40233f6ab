// Owns the README's pictures: `node docs/screenshots.ts` takes them of the real pages, in a system font of this machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { callback, Deployment } from '../compat/deployment.ts';
import { launchChromium } from '../e2e/chromium.ts';

const images = join(import.meta.dirname, 'images');
const deployment = new Deployment();
const applications = {
  en: await deployment.register({ app_type: 'spa', name: 'Persimmon Calendar' }),
  ja: await deployment.register({ app_type: 'spa', name: '柿の木カレンダー' }),
};
const { issuer } = await deployment.start();
const browser = await launchChromium();
mkdirSync(images, { recursive: true });
for (const [locale, { client_id }] of Object.entries(applications)) {
  const query = new URLSearchParams({
    client_id,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    login_hint: 'hana@example.com',
    code_challenge: 'A'.repeat(43),
    code_challenge_method: 'S256',
  });
  for (const colorScheme of ['light', 'dark'] as const) {
    const viewport = { width: 960, height: 640 };
    const page = await browser.newPage({ locale, colorScheme, viewport, deviceScaleFactor: 2 });
    await page.goto(`${issuer}authorize?${query}`);
    writeFileSync(join(images, `sign-in-${locale}-${colorScheme}.png`), await page.screenshot());
    await page.close();
  }
}
await browser.close();
await deployment.stop();
