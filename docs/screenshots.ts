// Owns the README's pictures: `node docs/screenshots.ts` takes them of the real pages, in a system font of this machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createApplication } from '../e2e/application.ts';
import { launch, visitor } from '../e2e/browser.ts';
import { Deployment } from '../e2e/deployment.ts';

const images = join(import.meta.dirname, 'images');
const pictures = [
  { language: 'en', name: 'Persimmon Calendar', email: 'hana@example.com' },
  { language: 'ja', name: '柿の木カレンダー', email: 'hana@example.com' },
] as const;

const deployment = await Deployment.create();
const browser = await launch();
mkdirSync(images, { recursive: true });
for (const { language, name, email } of pictures) {
  const application = await createApplication(deployment, { name });
  const running = await deployment.start();
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page, close } = await visitor(browser, {
      locale: language,
      colorScheme,
      viewport: { width: 960, height: 640 },
      deviceScaleFactor: 2,
    });
    await page.goto(application.authorizeUrl({ login_hint: email }));
    writeFileSync(join(images, `sign-in-${language}-${colorScheme}.png`), await page.screenshot());
    await close();
  }
  await running.stop();
  await application.close();
}
await browser.close();
deployment.remove();
