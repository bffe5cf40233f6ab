// Tests dynamic registration (A14, O01): what applications may say of themselves, and what they may do with it later.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { changeClient, findClient } from '#domain/clients';
import { changeTenantSettings } from '#domain/tenant-settings';
import { OutboundFailed, type OutboundRequest } from '#protocol/outbound';
import { TestApplication } from '#testing/application';
import { TestBrowser } from '#testing/browser';
import { createTestUser, openTestTenant, type TestTenant, testCallback, testPassword } from '#testing/tenant';

const host = 'id.example.com';
const email = 'hana@example.com';
const asked: OutboundRequest[] = [];
/** What is to be had at addresses elsewhere. */
const elsewhere = new Map<string, { status: number; body: string }>();
let tenant: TestTenant;

const enable = (enable_dynamic_client_registration: boolean) =>
  changeTenantSettings(tenant.ctx, { flags: { enable_dynamic_client_registration } });

before(async () => {
  tenant = await openTestTenant({
    outbound: async (request) => {
      asked.push(request);
      const answer = elsewhere.get(request.url);
      if (!answer) throw new OutboundFailed('nobody is there');
      return { ...answer, headers: {} };
    },
  });
  await createTestUser(tenant, email);
  await enable(true);
});
after(() => tenant.close());

type Members = Readonly<Record<string, unknown>>;
const usual = { redirect_uris: [testCallback] };

async function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, token?: string) {
  const response = await tenant.app.inject({
    method,
    url,
    headers: {
      host,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  assert.equal(response.headers['cache-control'], 'no-store', `${method} ${url}`);
  return { status: response.statusCode, body: (response.body === '' ? {} : response.json()) as Record<string, string> };
}

const register = (metadata: unknown) => send('POST', '/oidc/register', metadata);

async function registered(metadata: Members = usual): Promise<Record<string, string>> {
  const { status, body } = await register(metadata);
  assert.equal(status, 201, JSON.stringify(body));
  return body;
}

async function refused(metadata: unknown, code: string, said: RegExp): Promise<void> {
  const { status, body } = await register(metadata);
  assert.deepEqual([status, body['error']], [400, code], JSON.stringify(body));
  assert.match(String(body['error_description']), said);
}

const pathOf = ({ registration_client_uri = '' }: Record<string, string>) => new URL(registration_client_uri).pathname;
const tokenOf = ({ registration_access_token = '' }: Record<string, string>) => registration_access_token;

/** The application as other tests use one. */
async function applicationOf({ client_id = '', client_secret }: Record<string, string>): Promise<TestApplication> {
  const client = await findClient(tenant.ctx, client_id);
  assert.ok(client);
  return new TestApplication(tenant, client, client_secret);
}

describe('the switch', () => {
  after(() => enable(true));

  test('A14: nobody registers where the tenant has not switched it on, and discovery tells of no endpoint', async () => {
    const known = await registered();
    const metadata = async () =>
      (await tenant.app.inject({ url: '/.well-known/openid-configuration', headers: { host } })).json();
    assert.equal((await metadata()).registration_endpoint, `https://${host}/oidc/register`);
    await enable(false);
    assert.equal('registration_endpoint' in (await metadata()), false);
    const { status, body } = await register(usual);
    assert.deepEqual([status, body['error']], [404, 'not_found']);
    assert.equal((await send('GET', pathOf(known), undefined, tokenOf(known))).status, 404);
    assert.equal((await send('DELETE', pathOf(known), undefined, tokenOf(known))).status, 404);
  });
});

describe('registering', () => {
  test('gives an id, a secret, a token and what was registered, with the defaults of RFC 7591', async () => {
    const { client_id, client_secret, registration_access_token, ...told } = await registered({
      ...usual,
      client_name: 'Notes',
    });
    assert.match(String(client_id), /^tpc_[A-Za-z0-9]{22}$/);
    assert.ok(String(client_secret).length >= 43);
    assert.ok(registration_access_token);
    assert.deepEqual(told, {
      client_id_issued_at: tenant.ctx.now() / 1000,
      client_secret_expires_at: 0,
      registration_client_uri: `https://${host}/oidc/register/${client_id}`,
      redirect_uris: [testCallback],
      client_name: 'Notes',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'web',
      token_endpoint_auth_method: 'client_secret_basic',
      subject_type: 'public',
      id_token_signed_response_alg: 'RS256',
    });
  });

  test('gives no secret to who proves itself otherwise', async () => {
    const body = await registered({ ...usual, token_endpoint_auth_method: 'none' });
    assert.equal('client_secret' in body || 'client_secret_expires_at' in body, false);
  });

  test('A14: makes a third-party application, which people are asked about, and signs them in', async () => {
    const application = await applicationOf(await registered({ ...usual, client_name: 'Notes <script>' }));
    assert.equal(application.client.is_first_party, false);
    const browser = new TestBrowser(tenant);
    const first = await browser.open(application.authorizeUrl({ scope: 'openid email' }));
    const second = await browser.submit(first, { username: email });
    const consent = await browser.submit(second, { password: testPassword });
    assert.equal(consent.url.split('?')[0], '/u/consent');
    assert.match(consent.body, /Notes &lt;script&gt;/);
    const { location } = await browser.submit(consent, { action: 'accept' });
    const { status, body } = await application.redeem(location?.searchParams.get('code') ?? null);
    assert.equal(status, 200, JSON.stringify(body));
    assert.ok(body['id_token']);
  });

  test('oidcc-codereuse: makes an application that is answered by the letter of the standards', async () => {
    const application = await applicationOf(await registered(usual));
    assert.equal(application.client.compliance_level, 'oidc');
    const answer = await application.redeem('unknown');
    assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_grant']);
  });

  test('oidcc-discovery-endpoint-verification: may register for the hybrid flow, whose grant types discovery tells', async () => {
    const response = await tenant.app.inject({ url: '/.well-known/openid-configuration', headers: { host } });
    const { grant_types_supported: told } = response.json();
    assert.equal(told.includes('authorization_code') && told.includes('implicit'), true);
    const grants = { grant_types: ['authorization_code', 'implicit'], response_types: ['code id_token'] };
    assert.deepEqual((await registered({ ...usual, ...grants }))['grant_types'], grants.grant_types);
  });

  test('ignores what it does not know, and null', async () => {
    const body = await registered({
      ...usual,
      logo_uri: null,
      is_first_party: true,
      client_id: 'mine',
      callbacks: ['x'],
    });
    assert.equal('logo_uri' in body || 'is_first_party' in body, false);
    assert.notEqual(body['client_id'], 'mine');
    assert.equal((await applicationOf(body)).client.is_first_party, false);
  });

  test('is limited in how often one address does it', async () => {
    const own = await openTestTenant();
    await changeTenantSettings(own.ctx, { flags: { enable_dynamic_client_registration: true } });
    const inject = async () =>
      (await own.app.inject({ method: 'POST', url: '/oidc/register', headers: { host }, payload: usual })).statusCode;
    const statuses = new Set<number>();
    for (let count = 0; count < 300; count += 1) statuses.add(await inject());
    assert.deepEqual([...statuses], [201]);
    assert.equal(await inject(), 429);
    await own.close();
  });
});

describe('what is refused', () => {
  const redirects: readonly (readonly [string, Members])[] = [
    ['oidcc-redirect-uri-regfrag, R08: a fragment', { redirect_uris: ['https://app.example.com/callback#x'] }],
    ['R07: a scheme that runs something', { redirect_uris: ['javascript:alert(1)'] }],
    ['R07: such a scheme of a native application', { redirect_uris: ['data:text/html,x'], application_type: 'native' }],
    ['plain http of a web application', { redirect_uris: ['http://app.example.com/callback'] }],
    ['the loopback interface of a web application', { redirect_uris: ['http://127.0.0.1/callback'] }],
    ['plain http elsewhere', { redirect_uris: ['http://127.0.0.1.evil.test/'], application_type: 'native' }],
    ['a scheme without a domain', { redirect_uris: ['myapp:/callback'], application_type: 'native' }],
    ['R05: a wildcard', { redirect_uris: ['https://*.example.com/callback'] }],
    ['a user name', { redirect_uris: ['https://a@app.example.com/'] }],
    ['no list', { redirect_uris: testCallback }],
    ['no text in the list', { redirect_uris: [1] }],
    ['an empty list', { redirect_uris: [] }],
    ['none at all', {}],
    ['too many', { redirect_uris: Array.from({ length: 51 }, (_, at) => `https://app.example.com/${at}`) }],
  ];
  for (const [name, metadata] of redirects) {
    test(`redirect_uris: ${name}`, () => refused(metadata, 'invalid_redirect_uri', /redirect_uris/));
  }

  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicJwk = jwk.publicKey.export({ format: 'jwk' });
  const metadata: readonly (readonly [Members, RegExp])[] = [
    [{ grant_types: ['client_credentials'] }, /grant_types/],
    [{ grant_types: ['password'] }, /grant_types/],
    [{ grant_types: ['authorization_code'], response_types: ['code id_token'] }, /grant_types must contain implicit/],
    [{ grant_types: ['implicit'], response_types: ['code'] }, /must contain authorization_code/],
    [{ grant_types: ['authorization_code', 'implicit'], response_types: ['code'] }, /response_types/],
    [{ response_types: ['none'] }, /response_types/],
    [{ token_endpoint_auth_method: 'secret_handshake' }, /token_endpoint_auth_method/],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, /needs jwks or jwks_uri/],
    [{ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'a.test' }, /auth_method/],
    [{ token_endpoint_auth_method: 'client_secret_jwt', token_endpoint_auth_signing_alg: 'RS256' }, /signing_alg/],
    [{ token_endpoint_auth_signing_alg: 'none' }, /signing_alg/],
    [{ jwks: { keys: [publicJwk] }, jwks_uri: 'https://app.example.com/jwks' }, /jwks and jwks_uri/],
    [{ jwks: { keys: [jwk.privateKey.export({ format: 'jwk' })] } }, /jwks has a key that is not public/],
    [{ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }, /jwks has a key that is not public/],
    [{ jwks: { keys: [{}] } }, /jwks/],
    [{ jwks: 'none' }, /jwks/],
    [{ jwks_uri: 'http://app.example.com/jwks' }, /jwks_uri must begin with https/],
    [{ logo_uri: 'javascript:alert(1)' }, /logo_uri/],
    [{ policy_uri: 'http://app.example.com/' }, /policy_uri/],
    [{ tos_uri: 'data:text/html,x' }, /tos_uri/],
    [{ client_uri: '//app.example.com' }, /client_uri/],
    [{ initiate_login_uri: 'http://app.example.com/login' }, /initiate_login_uri/],
    [{ client_name: '' }, /client_name/],
    [{ client_name: 'Bank\u202egnp.exe' }, /client_name/],
    [{ client_name: 'x'.repeat(256) }, /client_name/],
    [{ client_name: { en: 'Notes' } }, /client_name/],
    [{ contacts: 'hana@example.com' }, /contacts/],
    [{ application_type: 'desktop' }, /application_type/],
    [{ subject_type: 'private' }, /subject_type/],
    [{ id_token_signed_response_alg: 'none' }, /id_token_signed_response_alg/],
    [{ id_token_signed_response_alg: 'HS256', token_endpoint_auth_method: 'none' }, /client_secret/],
    [{ userinfo_signed_response_alg: 'RS1' }, /userinfo_signed_response_alg/],
    [{ id_token_encrypted_response_alg: 'RSA1_5' }, /id_token_encrypted_response_alg/],
    [{ id_token_encrypted_response_alg: 'RSA-OAEP-256' }, /needs jwks or jwks_uri/],
    [{ userinfo_encrypted_response_enc: 'A128GCM' }, /needs userinfo_encrypted_response_alg/],
    [{ request_object_signing_alg: 'none' }, /request_object_signing_alg/],
    [{ request_object_signing_alg: 'HS256', token_endpoint_auth_method: 'none' }, /needs a client_secret/],
    [{ request_object_encryption_enc: 'A128GCM' }, /needs request_object_encryption_alg/],
    [{ request_uris: ['http://app.example.com/request'] }, /request_uris/],
    [{ default_max_age: -1 }, /default_max_age/],
    [{ default_max_age: '60' }, /default_max_age/],
    [{ require_auth_time: 'true' }, /require_auth_time/],
    [{ default_acr_values: 'urn:a' }, /default_acr_values/],
    [{ post_logout_redirect_uris: ['http://app.example.com/'] }, /post_logout_redirect_uris/],
    [{ post_logout_redirect_uris: ['javascript:alert(1)'] }, /post_logout_redirect_uris/],
    [{ backchannel_logout_uri: 'http://169.254.169.254/' }, /backchannel_logout_uri/],
    [{ backchannel_logout_uri: 'http://localhost:6379/' }, /https/],
    [{ frontchannel_logout_uri: 'https://other.example.com/logout' }, /log-outs is of another origin/],
    [
      { subject_type: 'pairwise', redirect_uris: [testCallback, 'https://other.example.com/'] },
      /sector_identifier_uri/,
    ],
  ];
  for (const [members, said] of metadata) {
    test(`X09, O01: ${JSON.stringify(members).slice(0, 110)}`, () =>
      refused({ ...usual, ...members }, 'invalid_client_metadata', said));
  }

  test('A14: a software statement, which nobody here can check', () =>
    refused({ ...usual, software_statement: 'e30.e30.' }, 'unapproved_software_statement', /software statement/));

  const nested = `${'['.repeat(100)}${']'.repeat(100)}`;
  for (const [name, body, said] of [
    ['no JSON', '{', /not valid JSON/],
    ['no object', '[]', /JSON object/],
    ['a text', '"{}"', /JSON object/],
    ['nesting without an end', `{"redirect_uris":["${testCallback}"],"jwks":${nested}}`, /nested/],
    [
      'a member twice',
      `{"redirect_uris":["${testCallback}"],"redirect_uris":["https://evil.test/"]}`,
      /more than once/,
    ],
    ['members of the prototype', `{"__proto__":{"redirect_uris":["${testCallback}"]}}`, /redirect_uris/],
  ] as const) {
    test(`a body that is ${name}`, async () => {
      const { status, body: answer } = await register(body);
      assert.equal(status, 400);
      assert.match(String(answer['error_description']), said);
    });
  }

  test('a form', async () => {
    const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
    const payload = `redirect_uris=${encodeURIComponent(testCallback)}`;
    const response = await tenant.app.inject({ method: 'POST', url: '/oidc/register', headers, payload });
    assert.deepEqual([response.statusCode, response.json().error], [400, 'invalid_client_metadata']);
    const empty = await tenant.app.inject({ method: 'POST', url: '/oidc/register', headers: { host } });
    assert.deepEqual([empty.statusCode, empty.json().error], [400, 'invalid_client_metadata']);
  });

  test('O01: nothing that is registered is fetched but the list of a sector', async () => {
    asked.length = 0;
    await registered({
      ...usual,
      logo_uri: 'https://169.254.169.254/logo',
      jwks_uri: 'https://[::ffff:127.0.0.1]/jwks',
      request_uris: ['https://2130706433/request'],
    });
    assert.deepEqual(asked, []);
  });
});

describe('native applications', () => {
  test('come back to the loopback interface, to a scheme of their own, or to https', async () => {
    const redirect_uris = [
      'http://127.0.0.1/cb',
      'http://[::1]/cb',
      'http://localhost/cb',
      'com.example.app:/cb',
      testCallback,
    ];
    const body = await registered({ redirect_uris, application_type: 'native', token_endpoint_auth_method: 'none' });
    assert.deepEqual(body['redirect_uris'], redirect_uris);
    assert.equal(body['application_type'], 'native');
  });
});

describe('what is registered is kept to', () => {
  test('oidcc-registration-jwks-uri: assertions are checked with the keys at the address', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks_uri = 'https://app.example.com/jwks';
    const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }];
    elsewhere.set(jwks_uri, { status: 200, body: JSON.stringify({ keys }) });
    const { client_id = '' } = await registered({ ...usual, jwks_uri, token_endpoint_auth_method: 'private_key_jwt' });
    const seconds = tenant.ctx.now() / 1000;
    const answers = [privateKey, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey].map(async (key, at) => {
      const client_assertion = await new SignJWT({ jti: String(at) })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client_id)
        .setSubject(client_id)
        .setAudience(`https://${host}/`)
        .setExpirationTime(seconds + 60)
        .sign(key);
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
      const asked = { grant_type: 'authorization_code', code: 'x', redirect_uri: testCallback };
      const payload = new URLSearchParams({ ...asked, client_assertion, client_assertion_type }).toString();
      const headers = { host, 'content-type': 'application/x-www-form-urlencoded' };
      return (await tenant.app.inject({ method: 'POST', url: '/oauth/token', headers, payload })).json().error;
    });
    assert.deepEqual(await Promise.all(answers), ['invalid_grant', 'invalid_client']);
  });

  test('no other response type is answered than those that were registered', async () => {
    const hybrid = { grant_types: ['authorization_code', 'implicit'], response_types: ['code id_token'] };
    const application = await applicationOf(await registered({ ...usual, ...hybrid }));
    const refusalOf = async (response_type: string) => {
      const fields = { response_type, response_mode: 'fragment', nonce: 'n', prompt: 'none' };
      const { location } = await new TestBrowser(tenant).open(application.authorizeUrl(fields));
      return new URLSearchParams(location?.hash.slice(1)).get('error');
    };
    assert.equal(await refusalOf('code id_token'), 'login_required');
    assert.equal(await refusalOf('id_token'), 'unauthorized_client');
  });

  test('answers are as the specifications have them', async () => {
    const application = await applicationOf(await registered());
    const { status, body } = await application.redeem('x');
    assert.deepEqual([status, body['error']], [400, 'invalid_grant']);
  });
});

describe('sectors', () => {
  const uri = 'https://sector.example.com/list.json';
  const pairwise = { ...usual, subject_type: 'pairwise', sector_identifier_uri: uri };

  test('oidcc-registration-sector-uri: a list that has all redirect URIs makes a sector', async () => {
    elsewhere.set(uri, { status: 200, body: JSON.stringify([testCallback, 'https://other.example.com/cb']) });
    const redirect_uris = [testCallback, 'https://other.example.com/cb'];
    assert.equal((await registered({ ...pairwise, redirect_uris }))['sector_identifier_uri'], uri);
  });

  for (const [name, answer] of [
    ['lacks one', { status: 200, body: '["https://other.example.com/cb"]' }],
    ['is no list', { status: 200, body: `{"0":"${testCallback}"}` }],
    ['is no JSON', { status: 200, body: testCallback }],
    ['is not there', { status: 404, body: `["${testCallback}"]` }],
    ['cannot be reached', undefined],
  ] as const) {
    test(`oidcc-registration-sector-bad: a list that ${name} makes none`, async () => {
      elsewhere.delete(uri);
      if (answer) elsewhere.set(uri, answer);
      await refused(pairwise, 'invalid_client_metadata', /sector_identifier_uri/);
    });
  }
});

describe('a registration', () => {
  test('is read with its token, secret and all', async () => {
    const known = await registered({ ...usual, logo_uri: 'https://app.example.com/logo.png' });
    const { status, body } = await send('GET', pathOf(known), undefined, tokenOf(known));
    assert.deepEqual([status, body], [200, known]);
  });

  test('is nobody else’s to read, change or remove', async () => {
    const [mine, other] = [await registered(), await registered()];
    const made = await TestApplication.create(tenant);
    const paths = [pathOf(mine), '/oidc/register/unknown', `/oidc/register/${made.client.client_id}`];
    for (const path of paths) {
      for (const method of ['GET', 'PUT', 'DELETE'] as const) {
        const body = method === 'PUT' ? { ...usual, client_id: path.split('/').at(-1) } : undefined;
        for (const token of [tokenOf(other), `${tokenOf(mine).slice(0, -2)}AA`, 'x', String(mine['client_secret'])]) {
          const { status, body: answer } = await send(method, path, body, token);
          assert.deepEqual([status, answer['error']], [401, 'invalid_token'], `${method} ${path}`);
        }
        assert.equal((await send(method, path, body)).status, 401);
      }
    }
    assert.equal((await send('GET', pathOf(mine), undefined, tokenOf(mine))).status, 200);
  });

  test('is replaced as a whole, and its token with it', async () => {
    const known = await registered({ ...usual, logo_uri: 'https://app.example.com/logo.png', client_name: 'Notes' });
    const { client_id, client_secret } = known;
    const change = { client_id, client_secret, redirect_uris: ['https://app.example.com/new'], client_name: 'New' };
    const { status, body } = await send('PUT', pathOf(known), change, tokenOf(known));
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      [body['client_name'], body['redirect_uris'], body['client_secret']],
      ['New', ['https://app.example.com/new'], client_secret],
    );
    assert.equal('logo_uri' in body, false);
    assert.equal((await send('GET', pathOf(known), undefined, tokenOf(known))).status, 401);
    assert.deepEqual((await send('GET', pathOf(known), undefined, tokenOf(body))).body, body);
    assert.equal((await applicationOf(body)).client.is_first_party, false);
  });

  test('is replaced by one of several requests at once', async () => {
    const known = await registered();
    const change = { ...usual, client_id: known['client_id'] };
    const put = () => send('PUT', pathOf(known), change, tokenOf(known));
    const statuses = (await Promise.all([put(), put(), put()])).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, 401, 401]);
  });

  test('has the keys published that its answers are signed with from then on', async () => {
    const known = await registered();
    const change = { ...usual, client_id: known['client_id'], id_token_signed_response_alg: 'PS256' };
    const { status } = await send('PUT', pathOf(known), change, tokenOf(known));
    const { keys } = (await tenant.app.inject({ url: '/.well-known/jwks.json', headers: { host } })).json();
    assert.equal(status, 200);
    assert.ok(keys.some(({ alg }: { alg: string }) => alg === 'PS256'));
  });

  test('keeps to the profile that the tenant holds the application to since', async () => {
    const jwks_uri = 'https://app.example.com/jwks';
    const known = await registered({ ...usual, token_endpoint_auth_method: 'private_key_jwt', jwks_uri });
    const { client_id = '' } = known;
    await changeClient(tenant.ctx, client_id, { compliance_level: 'fapi2_sp_pkj_dpop' });
    const { status, body } = await send('PUT', pathOf(known), { ...usual, client_id }, tokenOf(known));
    assert.deepEqual([status, body['error']], [400, 'invalid_client_metadata']);
    assert.match(String(body['error_description']), /needs a token_endpoint_auth_method of private_key_jwt/);
  });

  test('loses the secret with the need for it, and gets a new one', async () => {
    const known = await registered();
    const { client_id } = known;
    const open = { ...usual, client_id, token_endpoint_auth_method: 'none' };
    const without = (await send('PUT', pathOf(known), open, tokenOf(known))).body;
    assert.equal('client_secret' in without, false);
    const again = (await send('PUT', pathOf(known), { ...usual, client_id }, tokenOf(without))).body;
    assert.ok(again['client_secret'] && again['client_secret'] !== known['client_secret']);
  });

  test('is not changed by what contradicts it, or is the server’s to say', async () => {
    const known = await registered();
    const { client_id } = known;
    for (const members of [
      { client_id: 'other' },
      {},
      { client_id, client_secret: 'mine' },
      { client_id, registration_access_token: 'mine' },
      { client_id, client_id_issued_at: 1 },
      { client_id, logo_uri: 'http://app.example.com/' },
    ]) {
      const { status, body } = await send('PUT', pathOf(known), { ...usual, ...members }, tokenOf(known));
      assert.deepEqual([status, body['error']], [400, 'invalid_client_metadata'], JSON.stringify(members));
    }
    assert.deepEqual((await send('GET', pathOf(known), undefined, tokenOf(known))).body, known);
  });

  test('is removed, with its tokens', async () => {
    const known = await registered({ ...usual, grant_types: ['authorization_code', 'refresh_token'] });
    const application = await applicationOf(known);
    const browser = new TestBrowser(tenant);
    const first = await browser.open(application.authorizeUrl({ scope: 'openid offline_access' }));
    const second = await browser.submit(first, { username: email });
    const consent = await browser.submit(second, { password: testPassword });
    const { location } = await browser.submit(consent, { action: 'accept' });
    const { body } = await application.redeem(location?.searchParams.get('code') ?? null);
    assert.equal((await application.userinfo(body['access_token'])).status, 200);
    assert.equal((await send('DELETE', pathOf(known), undefined, tokenOf(known))).status, 204);
    assert.equal((await send('GET', pathOf(known), undefined, tokenOf(known))).status, 401);
    assert.equal((await application.userinfo(body['access_token'])).status, 401);
    assert.equal((await application.refresh(body['refresh_token'])).body['error'], 'invalid_client');
    assert.equal(await consentsOf(String(known['client_id'])), 0);
  });
});

async function consentsOf(clientId: string): Promise<number> {
  const rows = await tenant.ctx.database.queries
    .selectFrom('grants')
    .select('id')
    .where('client_id', '=', clientId)
    .execute();
  return rows.length;
}
