// Tests that whatever is sent to the grants without a page and to introspection, nobody ever sees a fault of ours.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { CompactSign } from 'jose';
import { createResourceServer } from '#domain/resource-servers';
import { createTrustedIssuer } from '#domain/trusted-issuers';
import { tokenTypes } from '#protocol/token-exchange';
import { formType, TestApplication } from '../testing/application.ts';
import { openTestTenant, type TestTenant, testAudience } from '../testing/tenant.ts';

const grantTypes = {
  exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
  bearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  realm: 'http://auth0.com/oauth/grant-type/password-realm',
};
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
let tenant: TestTenant;
let application: TestApplication;

before(async () => {
  tenant = await openTestTenant();
  application = await TestApplication.create(tenant, {
    app_type: 'resource_server',
    resource_server_identifier: testAudience,
    grant_types: Object.values(grantTypes),
  });
  const { client_id } = application.client;
  const open = { token_exchange: { clients: [{ client_id }] } };
  await createResourceServer(tenant.ctx, { name: 'Things', identifier: testAudience, ...open });
  await createTrustedIssuer(tenant.ctx, {
    name: 'Partner',
    issuer: 'https://partner.example/',
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }) }] },
    clients: [client_id],
    apis: [{ audience: testAudience, scope: ['read:things'] }],
    subject: { connection: 'Username-Password-Authentication', match: 'sub' },
  });
});
after(() => tenant.close());

async function send(url: string, payload: string): Promise<void> {
  const { client_id } = application.client;
  const own = new URLSearchParams({ client_id, client_secret: String(application.secret) });
  const headers = { host: 'id.example.com', ...formType };
  const answer = await tenant.app.inject({ method: 'POST', url, headers, payload: `${own}&${payload}` });
  assert.ok(answer.statusCode < 500, `${answer.statusCode} for ${payload}: ${answer.body}`);
}

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String(), fc.constant('a.b.c'));
/** Three parts that decode, whatever they hold. */
const jwtLike = fc
  .tuple(fc.oneof(fc.object(), fc.anything()), fc.oneof(fc.object(), fc.anything()), fc.string())
  .map((parts) => parts.map((part) => Buffer.from(JSON.stringify(part) ?? '').toString('base64url')).join('.'));
const anyToken = fc.oneof(anyText, jwtLike);

test('any token may be asked about', () =>
  fc.assert(fc.asyncProperty(anyToken, (token) => send('/oauth/introspect', `${new URLSearchParams({ token })}`))));

test('anything may be sent for an exchange', () => {
  const form = fc.record(
    {
      subject_token: anyToken,
      subject_token_type: fc.constantFrom(...Object.values(tokenTypes)),
      actor_token: anyToken,
      actor_token_type: fc.constantFrom(...Object.values(tokenTypes)),
      audience: fc.oneof(fc.constant(testAudience), anyText),
      scope: anyText,
    },
    { requiredKeys: ['subject_token', 'subject_token_type'] },
  );
  return fc.assert(
    fc.asyncProperty(form, (fields) =>
      send(
        '/oauth/token',
        `${new URLSearchParams({ grant_type: grantTypes.exchange, audience: testAudience, ...fields })}`,
      ),
    ),
  );
});

test('and for an assertion, signed or not', () => {
  const claims = fc.record(
    { sub: fc.anything(), jti: fc.anything(), aud: fc.anything(), exp: fc.anything(), email: fc.anything() },
    { requiredKeys: [] },
  );
  const exp = tenant.ctx.now() / 1000 + 60;
  const usual = { iss: 'https://partner.example/', aud: tenant.ctx.issuer, exp, sub: 'u', jti: 'j' };
  const post = (assertion: string) =>
    send(
      '/oauth/token',
      `${new URLSearchParams({ grant_type: grantTypes.bearer, assertion, audience: testAudience })}`,
    );
  return fc.assert(
    fc.asyncProperty(claims, anyToken, async (some, other) => {
      await post(other);
      const body = Buffer.from(JSON.stringify({ ...usual, ...some }));
      await post(await new CompactSign(body).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey));
    }),
  );
});

test('and as a username, a password and a realm', () => {
  const realm = fc.oneof(fc.constant('Username-Password-Authentication'), anyText);
  return fc.assert(
    fc.asyncProperty(anyText, anyText, realm, (username, password, name) =>
      send('/oauth/token', `${new URLSearchParams({ grant_type: grantTypes.realm, username, password, realm: name })}`),
    ),
    { numRuns: 20 },
  );
});
