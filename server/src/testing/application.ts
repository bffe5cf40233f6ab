// Owns an application for tests: it asks for sign-ins, and redeems and refreshes what comes of them.
import assert from 'node:assert/strict';
import { sha256 } from '#crypto/digest';
import type { NewClient } from '#domain/clients';
import type { Client } from '#protocol/client';
import { type Answer, TestBrowser } from './browser.ts';
import { createTestClient, type TestTenant, testCallback, testPassword } from './tenant.ts';

/** Undefined takes a default away. */
export type Fields = Readonly<Record<string, string | undefined>>;

export interface TokenAnswer {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly body: Readonly<Record<string, string>>;
}

const verifier = 'a-verifier-that-every-test-application-has-in-common';

function encode(fields: Fields): string {
  const present = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(present).toString();
}

export const formType = { 'content-type': 'application/x-www-form-urlencoded' } as const;

/** The claims of a JWT, whose signature is somebody else's to check. */
export function claimsOf(token: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString());
}

export class TestApplication {
  readonly client: Client;
  readonly secret: string | undefined;
  readonly #tenant: TestTenant;

  constructor(tenant: TestTenant, client: Client, secret: string | undefined) {
    this.#tenant = tenant;
    this.client = client;
    this.secret = secret;
  }

  static async create(tenant: TestTenant, settings: Partial<NewClient> = {}): Promise<TestApplication> {
    const { client, client_secret } = await createTestClient(tenant, settings);
    return new TestApplication(tenant, client, client_secret);
  }

  /** The parameters of an authorization request. */
  request(extra: Fields = {}): string {
    return encode({
      client_id: this.client.client_id,
      redirect_uri: testCallback,
      response_type: 'code',
      scope: 'openid',
      state: 'the-state',
      code_challenge: sha256(verifier),
      code_challenge_method: 'S256',
      ...extra,
    });
  }

  authorizeUrl(extra: Fields = {}): string {
    return `/authorize?${this.request(extra)}`;
  }

  /** Signs a person in, in a browser that may have been elsewhere before. Returns the parameters of the response. */
  async signIn(browser: TestBrowser, email: string, extra: Fields = {}): Promise<URLSearchParams> {
    const first = await browser.open(this.authorizeUrl(extra));
    const second = await browser.submit(first, { username: email });
    const done = await browser.submit(second, { password: testPassword });
    assert.equal(done.location?.origin, new URL(testCallback).origin, `no response, but ${done.status} ${done.url}`);
    return (done.location as URL).searchParams;
  }

  /** Asks for a code in a browser that needn't be asked anything. */
  async silently(browser: TestBrowser, extra: Fields = {}): Promise<URLSearchParams> {
    const { location } = await browser.open(this.authorizeUrl({ prompt: 'none', ...extra }));
    assert.ok(location, 'no response');
    return location.searchParams;
  }

  async post(fields: Fields, headers: Record<string, string> = {}): Promise<TokenAnswer> {
    const response = await this.#tenant.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { host: new URL(this.#tenant.ctx.issuer).host, ...formType, ...headers },
      payload: encode({ client_id: this.client.client_id, client_secret: this.secret, ...fields }),
    });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  }

  redeem(code: string | null, extra: Fields = {}, headers: Record<string, string> = {}): Promise<TokenAnswer> {
    const redemption = { code: code ?? undefined, redirect_uri: testCallback, code_verifier: verifier };
    return this.post({ grant_type: 'authorization_code', ...redemption, ...extra }, headers);
  }

  refresh(
    refreshToken: string | undefined,
    extra: Fields = {},
    headers: Record<string, string> = {},
  ): Promise<TokenAnswer> {
    return this.post({ grant_type: 'refresh_token', refresh_token: refreshToken, ...extra }, headers);
  }

  /** Signs in, in a browser of its own, and redeems the code. */
  async tokens(email: string, extra: Fields = {}): Promise<Readonly<Record<string, string>>> {
    const { status, body } = await this.redeem(
      (await this.signIn(new TestBrowser(this.#tenant), email, extra)).get('code'),
    );
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  /** Asks who the person of an access token is. */
  async userinfo(accessToken: string | undefined): Promise<TokenAnswer> {
    const headers = { host: new URL(this.#tenant.ctx.issuer).host, authorization: `Bearer ${accessToken}` };
    const response = await this.#tenant.app.inject({ url: '/userinfo', headers });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  }
}

/** Expects a token request to be refused. */
export function assertRefused(answer: TokenAnswer, status: number, error: string): void {
  assert.equal(answer.body['error'], error, JSON.stringify(answer.body));
  assert.equal(answer.status, status);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal('access_token' in answer.body || 'refresh_token' in answer.body, false);
}
