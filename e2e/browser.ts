// Owns Chromium for tests: the one from the npm package, with the safety that people browse with.
import assert from 'node:assert/strict';
import chromium from '@sparticuz/chromium';
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from 'playwright-core';

/** Where Chromium is, unpacked by the first call. `npm test` unpacks it once for all of its processes. */
async function chromiumPath(): Promise<string> {
  return process.env['WARIFU_TEST_CHROMIUM'] ?? chromium.executablePath();
}

/** Not the package's own options: they switch off what our pages rely on. */
export async function launch(): Promise<Browser> {
  return playwright.launch({ executablePath: await chromiumPath(), args: ['--no-sandbox', '--disable-gpu'] });
}

export interface Visitor {
  readonly page: Page;
  /** Everything that the browser complained about: scripts, policies, resources. */
  readonly complaints: string[];
  close(): Promise<void>;
}

/** Somebody with a browser of their own. */
export async function visitor(browser: Browser, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ locale: 'en-US', ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints, close: () => context.close() };
}

/** Presses the main button of the page's form. */
export async function submit(page: Page, action = 'default'): Promise<void> {
  await page.locator(`button[name=action][value=${action}]`).click();
}

export const password = 'Correct-horse-battery-1';

/** Signs in through the two screens, from the first of them. */
export async function signIn(page: Page, email: string, secret = password): Promise<void> {
  await page.locator('input[name=username]').fill(email);
  await submit(page);
  await page.locator('input[name=password]').fill(secret);
  await submit(page);
}

/** Makes an account through the two screens, from the first of them. */
export async function signUp(page: Page, email: string): Promise<void> {
  await page.locator('input[name=email]').fill(email);
  await submit(page);
  await page.locator('input[name=password]').fill(password);
  await submit(page);
}

export function assertNoComplaints({ complaints }: Visitor, expected: readonly RegExp[] = []): void {
  const unexpected = complaints.filter((text) => !expected.some((pattern) => pattern.test(text)));
  assert.deepEqual(unexpected, []);
}
