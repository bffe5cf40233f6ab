// Owns what tests do at the endpoint where requests are pushed.
import type { Fields, TestApplication, TokenAnswer } from './application.ts';
import { formType } from './application.ts';
import type { TestTenant } from './tenant.ts';

/** Pushes a request of an application, whose parameters are those of its every request unless said otherwise. */
export async function push(
  tenant: TestTenant,
  application: TestApplication,
  extra: Fields = {},
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const response = await tenant.app.inject({
    method: 'POST',
    url: '/oauth/par',
    headers: { host: new URL(tenant.ctx.issuer).host, ...formType, ...headers },
    payload: application.request({ client_secret: application.secret, ...extra }),
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

/** Where a browser is sent for what was pushed. */
export function pushedUrl({ client }: Pick<TestApplication, 'client'>, requestUri = '', extra: Fields = {}): string {
  const fields = Object.entries({ client_id: client.client_id, request_uri: requestUri, ...extra });
  return `/authorize?${new URLSearchParams(fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))}`;
}
