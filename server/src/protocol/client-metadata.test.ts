// Tests the names that applications register under, against the settings that they become, by property.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import type { Client } from './client.ts';
import { type Metadata, members, toMetadata, withoutRegistered } from './client-metadata.ts';
import { readRegistration } from './client-registration.ts';
import { OAuthError } from './oauth-error.ts';
import { signingAlgorithms } from './signing-algorithm.ts';

const supported = {
  authMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  jweAlgorithms: ['RSA-OAEP-256', 'ECDH-ES'],
  jweEncryptions: ['A128CBC-HS256', 'A256GCM'],
};

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const https = fc.tuple(name, name).map(([host, path]) => `https://${host}.test/${path}`);
const list = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 1, maxLength: 4 });
const jwk = fc.record({ kty: fc.constantFrom('EC', 'AKP'), kid: name, x: name }, { noNullPrototype: true });

/** Every member, each of which may be there or not; what belongs together is put together. */
const metadata: fc.Arbitrary<Metadata> = fc
  .record(
    {
      client_name: name,
      application_type: fc.constantFrom('web', 'native'),
      contacts: list(name.map((local) => `${local}@example.com`)),
      ...Object.fromEntries(
        ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri', 'initiate_login_uri', 'backchannel_logout_uri'].map(
          (member) => [member, https],
        ),
      ),
      ...Object.fromEntries(
        [
          ...['require_auth_time', 'require_pushed_authorization_requests', 'dpop_bound_access_tokens'],
          ...['tls_client_certificate_bound_access_tokens', 'frontchannel_logout_session_required'],
          ...['backchannel_logout_session_required', 'require_signed_request_object'],
        ].map((member) => [member, fc.boolean()]),
      ),
      ...Object.fromEntries(
        ['id_token', 'userinfo', 'authorization', 'introspection'].map((answer) => [
          `${answer}_signed_response_alg`,
          fc.constantFrom(...signingAlgorithms.filter((alg) => alg !== 'HS256')),
        ]),
      ),
      encrypted: fc.constantFrom('id_token', 'userinfo', 'authorization', 'introspection'),
      keys: fc.oneof(https, list(jwk)),
      token_endpoint_auth_method: fc.constantFrom(...supported.authMethods),
      response_types: list(fc.constantFrom('code', 'id_token', 'id_token token', 'code id_token token')),
      request_object_signing_alg: fc.constantFrom('RS256', 'PS256', 'EdDSA'),
      request_uris: list(https.map((uri) => `${uri}#c29tZXRoaW5n`)),
      default_max_age: fc.nat(),
      default_acr_values: list(name),
      post_logout_redirect_uris: list(https),
      subject_type: fc.constantFrom('public', 'pairwise'),
    },
    { requiredKeys: [] },
  )
  .chain(({ encrypted, keys, ...rest }) => {
    const { token_endpoint_auth_method: method, response_types: types = ['code'] } = rest;
    const key =
      keys ?? (encrypted === undefined && method !== 'private_key_jwt' ? undefined : 'https://keys.test/jwks');
    const set = typeof key === 'string' ? { jwks_uri: key } : { jwks: { keys: key } };
    const grant_types = [
      ...(types.some((type) => type.includes('code')) ? ['authorization_code'] : []),
      ...(types.some((type) => type !== 'code') ? ['implicit'] : []),
      'refresh_token',
    ];
    const encryption = {
      [`${encrypted}_encrypted_response_alg`]: 'ECDH-ES',
      [`${encrypted}_encrypted_response_enc`]: 'A256GCM',
    };
    return fc.record({ host: name, paths: list(name) }).map(({ host, paths }) => ({
      ...rest,
      ...(key === undefined ? {} : set),
      ...(encrypted === undefined ? {} : encryption),
      grant_types,
      response_types: types,
      redirect_uris: paths.map((path) => `https://${host}.test/${path}`),
    }));
  });

const register = (what: Metadata) => readRegistration(what, supported) as Client;

describe('what is registered', () => {
  test('is told again as it was sent', () => {
    fc.assert(
      fc.property(metadata, (sent) => {
        const told = toMetadata(register(sent));
        for (const [member, value] of Object.entries(sent)) assert.deepEqual(told[member], value, member);
      }),
    );
  });

  test('is the same when what was told is registered again', () => {
    fc.assert(
      fc.property(metadata, (sent) => {
        const settings = register(sent);
        const told = toMetadata(settings);
        assert.deepEqual(register(told), settings);
        assert.deepEqual(toMetadata(register(JSON.parse(JSON.stringify(told)))), told);
      }),
    );
  });

  test('is all gone from the settings without it, and nothing else is', () => {
    const own = { client_id: 'tpc_1', is_first_party: false, web_origins: ['https://a.test'], allowed_origins: [] };
    fc.assert(
      fc.property(metadata, (sent) => {
        assert.deepEqual(withoutRegistered({ ...own, ...register(sent) } as Client), own);
      }),
    );
  });

  test('has a member of the table for each, and no name twice', () => {
    const names = members.map(({ name: member }) => member);
    assert.equal(new Set(names).size, names.length);
    assert.equal(names.includes('software_statement'), false);
  });
});

test('A14: whatever is sent, it is registered or refused with a code of RFC 7591', () => {
  const names = members.map(({ name: member }) => member);
  const anything = fc.oneof(fc.jsonValue(), fc.constantFrom('https://a.test/', 'none', 'native', true, -1, ['code']));
  const hostile = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), anything, { maxKeys: 6 });
  const codes = ['invalid_redirect_uri', 'invalid_client_metadata', 'unapproved_software_statement'];
  fc.assert(
    fc.property(hostile, fc.boolean(), (sent, isWeb) => {
      try {
        const { callbacks } = register(isWeb ? { redirect_uris: ['https://a.test/cb'], ...sent } : sent);
        for (const uri of callbacks) assert.match(uri, /^(?:https:\/\/|http:\/\/(?:127|localhost|\[::1)|[\w+-]+\.)/);
      } catch (error) {
        assert.ok(error instanceof OAuthError, String(error));
        assert.ok(codes.includes(error.code), error.code);
      }
    }),
  );
});

test('what is inherited is not registered', () => {
  const sent = Object.create({ redirect_uris: ['https://a.test/cb'] }) as Metadata;
  refusalOf('invalid_redirect_uri', () => register(sent));
});

test('grants and response types follow from one another where only one of them is sent (RFC 7591 §2.1)', () => {
  const of = (sent: Metadata) => {
    const { grant_types, response_types } = register({ redirect_uris: ['https://a.test/cb'], ...sent });
    return [grant_types, response_types];
  };
  assert.deepEqual(of({}), [['authorization_code'], ['code']]);
  assert.deepEqual(of({ response_types: ['token id_token'] }), [['implicit'], ['id_token token']]);
  assert.deepEqual(of({ response_types: ['code id_token'] }), [['authorization_code', 'implicit'], ['code id_token']]);
  const device = 'urn:ietf:params:oauth:grant-type:device_code';
  assert.deepEqual(of({ grant_types: [device] }), [[device], []]);
});
