// Owns what tests of requests decided elsewhere have in common: a device and a person who decides.
import assert from 'node:assert/strict';
import type { TestApplication, TokenAnswer } from './application.ts';
import { type Fields, formType } from './application.ts';
import { type Answer, formRequest, TestBrowser } from './browser.ts';
import { type TestTenant, testPassword } from './tenant.ts';

export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
export const cibaGrant = 'urn:openid:params:grant-type:ciba';

function encode(fields: Fields): string {
  const present = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(present).toString();
}

/** Sends an application's form to an endpoint. */
export async function postForm(
  tenant: TestTenant,
  url: string,
  fields: Fields,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await tenant.app.inject({
    method: 'POST',
    url,
    headers: { host: new URL(tenant.ctx.issuer).host, ...formType, ...headers },
    payload: encode(fields),
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

/** A device begins a sign-in. */
export async function beginDevice(
  tenant: TestTenant,
  { client, secret }: TestApplication,
  extra: Fields = {},
  headers: Record<string, string> = {},
): Promise<Readonly<Record<string, string>>> {
  const fields = { client_id: client.client_id, client_secret: secret, scope: 'openid', ...extra };
  const { status, body } = await postForm(tenant, '/oauth/device/code', fields, headers);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

export function pollDevice(application: TestApplication, deviceCode: string | undefined): Promise<TokenAnswer> {
  return application.post({ grant_type: deviceGrant, device_code: deviceCode });
}

/** Types a code and signs in where that is asked for, up to the page that asks for the decision. */
export async function openApproval(browser: TestBrowser, code: string | undefined, email: string): Promise<Answer> {
  const form = await browser.open('/activate');
  return signInTo(browser, await browser.submit(form, { user_code: code ?? '' }), email);
}

/** Signs in on the pages of a journey, where they ask for it. */
export async function signInTo(browser: TestBrowser, page: Answer, email: string): Promise<Answer> {
  if (!page.url.startsWith('/u/login/identifier')) return page;
  return browser.submit(await browser.submit(page, { username: email }), { password: testPassword });
}

/** Allows what the code stands for. */
export async function approveDevice(
  tenant: TestTenant,
  code: string | undefined,
  email: string,
  browser: TestBrowser = new TestBrowser(tenant),
): Promise<TestBrowser> {
  const page = await openApproval(browser, code, email);
  const done = await browser.submit(page, { action: 'accept' });
  assert.equal(done.url, '/u/approved', done.body);
  return browser;
}

/** The form of a page, sent without following where it leads. */
export function sendForm(browser: TestBrowser, page: Answer, fields: Record<string, string>): Promise<Answer> {
  return browser.request(formRequest(page, fields));
}
