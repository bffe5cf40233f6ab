// Owns what happens to a person while receivers of security events listen: they sign in, and get a new password.
import assert from 'node:assert/strict';
import { grantClient } from '../../server/src/domain/client-grants.ts';
import { createResourceServer } from '../../server/src/domain/resource-servers.ts';
import { changeTenantSettings } from '../../server/src/domain/tenant-settings.ts';
import { callback, type Deployment, type Registered } from '../deployment.ts';
import { Person, password } from '../person.ts';
import { email } from './browser.ts';

const everyMs = 8000;

interface Parts {
  readonly issuer: string;
  readonly operator: Registered;
  readonly app: Registered;
}

export class Troublemaker {
  readonly #parts: Parts;
  #quietUntil = 0;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Grants receivers what they need, before the server is started; their tokens are for that unless they say for what. */
  static async prepare(deployment: Deployment, issuer: string, receivers: readonly string[]): Promise<Troublemaker> {
    const identifier = `${issuer}ssf/`;
    const scope = ['ssf.manage', 'ssf.read'];
    const operator = await deployment.register({ app_type: 'non_interactive', name: 'Operator' });
    const app = await deployment.register();
    await deployment.furnish(async (ctx) => {
      const scopes = scope.map((value) => ({ value }));
      await createResourceServer(ctx, { name: 'Signals', identifier, scopes, token_lifetime: 3600 });
      for (const client_id of receivers) await grantClient(ctx, { client_id, audience: identifier, scope });
      const management = { audience: `${issuer}api/v2/`, scope: ['read:users', 'update:users'] };
      await grantClient(ctx, { client_id: operator.client_id, ...management });
      await changeTenantSettings(ctx, { default_audience: identifier });
    });
    return new Troublemaker({ issuer, operator, app });
  }

  async #management(path: string, init: RequestInit = {}): Promise<unknown> {
    const { issuer, operator } = this.#parts;
    const body = { grant_type: 'client_credentials', audience: `${issuer}api/v2/`, ...operator };
    const headers = { 'content-type': 'application/json' };
    const token = await fetch(`${issuer}oauth/token`, { method: 'POST', headers, body: JSON.stringify(body) });
    const { access_token } = (await token.json()) as { access_token: string };
    const authorization = `Bearer ${access_token}`;
    const answer = await fetch(`${issuer}api/v2/${path}`, { ...init, headers: { ...headers, authorization } });
    assert.ok(answer.ok, await answer.clone().text());
    return answer.json();
  }

  /** A session and all that belongs to it ends, because its person has a new password; once every few seconds. */
  async disturb(): Promise<void> {
    if (Date.now() < this.#quietUntil) return;
    this.#quietUntil = Date.now() + everyMs;
    const { issuer, app } = this.#parts;
    const request = { client_id: app.client_id, response_type: 'code', redirect_uri: callback, scope: 'openid' };
    await new Person(email).visit(
      `${issuer}authorize?${new URLSearchParams({ ...request, audience: `${issuer}userinfo` })}`,
    );
    const [found] = (await this.#management(`users-by-email?email=${encodeURIComponent(email)}`)) as {
      user_id: string;
    }[];
    const change = { method: 'PATCH', body: JSON.stringify({ password }) };
    await this.#management(`users/${encodeURIComponent(found?.user_id ?? '')}`, change);
  }
}
