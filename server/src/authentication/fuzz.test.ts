// Tests D14: whatever is sent to whichever endpoint, the answer is a refusal or a result, never a fault of ours.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createResourceServer } from '#domain/resource-servers';
import { TestApplication } from '#testing/application';
import { createTestUser, openTestTenant, type TestTenant, testAudience, testCallback } from '#testing/tenant';
import { routes } from './routes.ts';

let tenant: TestTenant;
let application: TestApplication;
let tokens: Readonly<Record<string, string>>;

before(async () => {
  tenant = await openTestTenant();
  await createResourceServer(tenant.ctx, { name: 'API', identifier: testAudience, allow_offline_access: true });
  await createTestUser(tenant, 'ann@example.com');
  application = await TestApplication.create(tenant, { app_type: 'regular_web' });
  tokens = await application.tokens('ann@example.com', { scope: 'openid offline_access', audience: testAudience });
});
after(() => tenant.close());

/** Names that some endpoint reads, and a few that none does. */
const names = [
  ...['client_id', 'client_secret', 'grant_type', 'code', 'code_verifier', 'redirect_uri', 'refresh_token', 'scope'],
  ...['audience', 'resource', 'response_type', 'response_mode', 'state', 'nonce', 'prompt', 'max_age', 'ui_locales'],
  ...['code_challenge', 'code_challenge_method', 'id_token_hint', 'login_hint', 'screen_hint', 'connection', 'claims'],
  ...['acr_values', 'request', 'request_uri', 'authorization_details', 'dpop_jkt', 'display', 'claims_locales'],
  ...['client_assertion', 'client_assertion_type', 'assertion', 'subject_token', 'subject_token_type', 'actor_token'],
  ...['actor_token_type', 'requested_token_type', 'username', 'password', 'realm', 'device_code', 'user_code'],
  ...['auth_req_id', 'binding_message', 'requested_expiry', 'token', 'token_type_hint', 'access_token', 'returnTo'],
  ...['post_logout_redirect_uri', 'logout_hint', 'federated', 'organization', 'redirect_uris', 'jwks', 'jwks_uri'],
  ...['__proto__', 'constructor', 'toString', ''],
];

const jsonText = fc.json({ maxDepth: 4 });
const jwtLike = fc
  .tuple(jsonText, jsonText, fc.base64String())
  .map(([head, body, tail]) =>
    [Buffer.from(head).toString('base64url'), Buffer.from(body).toString('base64url'), tail].join('.'),
  );

/** Values that mean something here, and values that mean nothing anywhere. */
const values = () =>
  fc.oneof(
    fc.constantFrom(
      application.client.client_id,
      application.secret ?? '',
      testCallback,
      testAudience,
      ...Object.values(tokens).map(String),
      ...[
        'code',
        'id_token',
        'code id_token token',
        'openid offline_access',
        'S256',
        'none',
        'login',
        'form_post',
        'jwt',
      ],
      ...[
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'password',
        'urn:ietf:params:oauth:grant-type:jwt-bearer',
      ],
      ...['urn:ietf:params:oauth:grant-type:token-exchange', 'urn:ietf:params:oauth:grant-type:device_code'],
      ...['urn:openid:params:grant-type:ciba', 'http://auth0.com/oauth/grant-type/password-realm'],
      ...['urn:ietf:params:oauth:client-assertion-type:jwt-bearer', 'urn:ietf:params:oauth:token-type:access_token'],
      ...[
        'urn:ietf:params:oauth:request_uri:x',
        'https://app.example.com/',
        '0',
        '-1',
        '1e9',
        '\0',
        '\ud800',
        '😀',
        ' ',
      ],
    ),
    fc.string({ maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 30 }),
    jsonText,
    jwtLike,
  );

interface Shot {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly payload?: string | Buffer;
}

async function survives({ method, url, ...rest }: Shot): Promise<void> {
  const headers = { host: 'id.example.com', ...rest.headers };
  const response = await tenant.app.inject({ ...rest, method: method as 'GET', url, headers });
  const story = `${method} ${url} ${JSON.stringify(rest)}: ${response.body.slice(0, 300)}`;
  assert.ok(response.statusCode < 500, story);
  assert.doesNotMatch(response.body, /node_modules|at .*\.ts:\d+/, story);
}

const pairs = () => fc.array(fc.tuple(fc.constantFrom(...names), values()), { maxLength: 12 });
const encode = (list: readonly (readonly [string, string])[]) =>
  new URLSearchParams(list.map(([name, value]) => [name, value.toWellFormed()])).toString();

const authorization = () =>
  fc.option(
    fc.oneof(
      fc.constant(`Basic ${Buffer.from(`${application.client.client_id}:${application.secret}`).toString('base64')}`),
      fc
        .tuple(fc.constantFrom('Bearer', 'DPoP', 'Basic'), fc.oneof(jwtLike, fc.base64String()))
        .map((two) => two.join(' ')),
      fc.constant(`Bearer ${tokens['access_token']}`),
    ),
    { nil: undefined },
  );

const headersOf = (type: string | undefined, credentials: string | undefined, dpop: string | undefined) => ({
  ...(type === undefined ? {} : { 'content-type': type }),
  ...(credentials === undefined ? {} : { authorization: credentials }),
  ...(dpop === undefined ? {} : { dpop }),
});

/** Requests that are right, so that what is changed of them gets further than what is all chance. */
function rightRequests(): Record<string, string>[] {
  const credentials = { client_id: application.client.client_id, client_secret: application.secret ?? '' };
  const authorize = Object.fromEntries(new URLSearchParams(application.request({ audience: testAudience })));
  const urn = 'urn:ietf:params:oauth';
  return [
    authorize,
    { ...credentials, ...authorize },
    { ...credentials, grant_type: 'authorization_code', code: 'x', redirect_uri: testCallback },
    { ...credentials, grant_type: 'refresh_token', refresh_token: String(tokens['refresh_token']) },
    { ...credentials, grant_type: 'client_credentials', audience: testAudience },
    { ...credentials, grant_type: 'password', username: 'ann@example.com', password: 'x', scope: 'openid' },
    { ...credentials, grant_type: `${urn}:grant-type:device_code`, device_code: 'x' },
    {
      ...credentials,
      grant_type: `${urn}:grant-type:token-exchange`,
      subject_token: String(tokens['access_token']),
      subject_token_type: `${urn}:token-type:access_token`,
      audience: testAudience,
    },
    { ...credentials, token: String(tokens['access_token']) },
    { ...credentials, scope: 'openid', login_hint: 'ann@example.com', binding_message: 'x' },
  ];
}

/** A path's parameters become something that may be there or not. */
const fill = (url: string) => url.replace(/:\w+/g, application.client.client_id).replace('*', 'x');

/** What never ends is tried with its own tests. */
const endless = '/revocations/stream';

for (const { method: methods, url } of routes.filter((route) => route.url !== endless)) {
  for (const method of [methods].flat().filter((name) => name !== 'OPTIONS')) {
    test(`${method} ${url} answers everything with less than 500`, async () => {
      const dpop = fc.option(jwtLike, { nil: undefined });
      const types = fc.constantFrom(
        'application/x-www-form-urlencoded',
        'application/json',
        'text/plain',
        '',
        undefined,
      );
      const raw = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
      const json = pairs().map((list) => JSON.stringify(Object.fromEntries(list)));
      const payload = fc.oneof(pairs().map(encode), json, jsonText, raw);
      const shot = fc.record({ list: pairs(), payload, type: types, credentials: authorization(), dpop });
      const changes = fc.array(fc.tuple(fc.constantFrom(...names), values()), { minLength: 1, maxLength: 3 });
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...rightRequests()), changes, async (right, changed) => {
          const text = encode(Object.entries({ ...right, ...Object.fromEntries(changed) }));
          const headers = { 'content-type': 'application/x-www-form-urlencoded' };
          if (method === 'GET') await survives({ method, url: `${fill(url)}?${text}`, headers: {} });
          else await survives({ method, url: fill(url), headers, payload: text });
        }),
        { numRuns: 200 },
      );
      await fc.assert(
        fc.asyncProperty(shot, async (given) => {
          const headers = headersOf(method === 'GET' ? undefined : given.type, given.credentials, given.dpop);
          const query = encode(given.list);
          await survives({ method, url: `${fill(url)}?${query}`, headers });
          if (method !== 'GET') await survives({ method, url: fill(url), headers, payload: given.payload });
        }),
        { numRuns: 100 },
      );
    });
  }
}
