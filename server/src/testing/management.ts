// Owns an administrator's program for tests: an application that may do everything on the Management API, or as much as is said.
import { grantClient } from '#domain/client-grants';
import { createClient } from '#domain/clients';
import { managementAudience } from '#protocol/access-token';
import { managementScopes } from '../management/resources.ts';
import { formType } from './application.ts';
import type { TestTenant } from './tenant.ts';

export interface ManagementAnswer<B = never> {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests know what they asked for
  readonly body: [B] extends [never] ? any : B;
}

export class TestManagement {
  readonly token: string;
  readonly #tenant: TestTenant;

  constructor(tenant: TestTenant, token: string) {
    this.#tenant = tenant;
    this.token = token;
  }

  /** With every scope, unless told which. */
  static async open(tenant: TestTenant, scope: readonly string[] = managementScopes): Promise<TestManagement> {
    const { ctx } = tenant;
    const { client, client_secret = '' } = await createClient(ctx, { name: 'Program', app_type: 'non_interactive' });
    const audience = managementAudience(ctx.issuer);
    await grantClient(ctx, { client_id: client.client_id, audience, scope });
    const response = await tenant.app.inject({
      method: 'POST',
      url: '/oauth/token',
      headers: { host: new URL(ctx.issuer).host, ...formType },
      payload: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: client.client_id,
        client_secret,
        audience,
      }).toString(),
    });
    return new TestManagement(tenant, response.json().access_token);
  }

  async send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ManagementAnswer> {
    const response = await this.#tenant.app.inject({
      method: method as 'GET',
      url: `/api/v2${path}`,
      headers: {
        host: new URL(this.#tenant.ctx.issuer).host,
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = response.payload;
    return { status: response.statusCode, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  get(path: string): Promise<ManagementAnswer> {
    return this.send('GET', path);
  }

  post(path: string, body: unknown = {}): Promise<ManagementAnswer> {
    return this.send('POST', path, body);
  }

  patch(path: string, body: unknown): Promise<ManagementAnswer> {
    return this.send('PATCH', path, body);
  }

  put(path: string, body: unknown): Promise<ManagementAnswer> {
    return this.send('PUT', path, body);
  }

  delete(path: string, body?: unknown): Promise<ManagementAnswer> {
    return this.send('DELETE', path, body);
  }
}
