// Owns a walk: a server, two applications, people who have accounts, and browsers that tell of everything amiss.
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { createClient, type NewClient } from '../server/src/domain/clients.ts';
import type { Context } from '../server/src/domain/context.ts';
import { createDatabaseUser } from '../server/src/domain/users.ts';
import { catalogues, type Locale } from '../server/src/i18n/locale.ts';
import { Application } from './application.ts';
import { launchChromium } from './chromium.ts';
import { furnish, type Server, startServer, temporaryDirectory } from './server.ts';

export const password = 'Correct-horse-battery-1';
export const ann = 'ann@example.com';
export const ben = 'ben@example.com';

export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
}

export interface VisitorOptions extends BrowserContextOptions {
  /** What the browser may complain of, because the walk provokes it. */
  readonly expected?: readonly RegExp[];
}

/** What an application without pages knows of itself. */
export interface Credentials {
  readonly client_id: string;
  readonly client_secret: string | undefined;
}

export interface Walk {
  readonly server: Server;
  readonly issuer: string;
  /** One of the tenant's own. */
  readonly shop: Application;
  /** Another of the tenant's own. */
  readonly forum: Application;
  /** Somebody else's: people are asked whether they allow it. */
  readonly guest: Application;
  /** A device that has no browser. */
  readonly tv: Credentials;
  /** A server that asks people behind the scenes. */
  readonly bank: Credentials;
  /** A browser without a past. The test fails if it complains: of a script, a policy, a file that isn't there. */
  visitor(t: TestContext, options?: VisitorOptions): Promise<Visitor>;
  end(): Promise<void>;
}

function listen(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().message}`));
  context.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    // A page that is left in the middle of loading.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`failed: ${request.url()} ${reason}`);
  });
  return complaints;
}

async function visit(browser: Browser, t: TestContext, options: VisitorOptions): Promise<Visitor> {
  const { expected = [], ...contextOptions } = options;
  const context = await browser.newContext({ locale: 'en-US', ...contextOptions });
  const complaints = listen(context);
  t.after(async () => {
    await context.close();
    const unexpected = complaints.filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
    // Shown also where the test failed before, because it may be the cause.
    for (const complaint of unexpected) t.diagnostic(complaint);
    assert.deepEqual(unexpected, [], 'the browser complained');
  });
  context.setDefaultTimeout(20_000);
  return { context, page: await context.newPage() };
}

async function decoupled(ctx: Context, settings: NewClient): Promise<Credentials> {
  const { client, client_secret } = await createClient(ctx, settings);
  return { client_id: client.client_id, client_secret };
}

async function people(
  data: string,
  applications: Record<'shop' | 'forum' | 'guest', Application>,
): Promise<Pick<Walk, 'tv' | 'bank'>> {
  return furnish(data, async (ctx) => {
    const passwordHash = await ctx.passwords.hash(password);
    for (const email of [ann, ben]) {
      const person = { email, email_verified: true, passwordHash };
      await createDatabaseUser(ctx, { connection: 'Username-Password-Authentication', ...person });
    }
    await applications.shop.register(ctx, { name: 'Shop' });
    await applications.forum.register(ctx, { name: 'Forum' });
    await applications.guest.register(ctx, { name: 'Guest', is_first_party: false });
    const device = ['urn:ietf:params:oauth:grant-type:device_code'];
    const ciba = ['urn:openid:params:grant-type:ciba'];
    return {
      tv: await decoupled(ctx, { name: 'Television', app_type: 'native', grant_types: device }),
      bank: await decoupled(ctx, { name: 'Bank', app_type: 'regular_web', grant_types: ciba }),
    };
  });
}

/** Starts everything that a walk needs; `more` are registered too, and their maker closes them. */
export async function beginWalk(env: NodeJS.ProcessEnv = {}, more: readonly Application[] = []): Promise<Walk> {
  const data = temporaryDirectory();
  const shop = await Application.listen('shop');
  const forum = await Application.listen('forum');
  const guest = await Application.listen('guest');
  const { tv, bank } = await people(data, { shop, forum, guest });
  await furnish(data, async (ctx) => {
    for (const application of more) await application.register(ctx);
  });
  const server = await startServer({ data, env });
  const browser = await launchChromium();
  return {
    server,
    issuer: server.issuer,
    shop,
    forum,
    guest,
    tv,
    bank,
    visitor: (t, options = {}) => visit(browser, t, options),
    end: async () => {
      await browser.close();
      for (const application of [shop, forum, guest]) application.close();
      await server.stop();
    },
  };
}

/** Fills in both screens of a sign-in, from the first one on. */
export async function signIn(page: Page, email: string, locale: Locale = 'en'): Promise<void> {
  const t = catalogues[locale];
  await page.getByLabel(t.common.email).fill(email);
  await page.getByRole('button', { name: t.common.continue, exact: true }).click();
  await page.getByLabel(t.common.password, { exact: true }).fill(password);
  await page.getByRole('button', { name: t.loginPassword.submit, exact: true }).click();
}
