// Tests the reading of authorization requests, and how a refusal travels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import { errorResponseMode, parseAuthorizeRequest } from './authorize-request.ts';
import { OAuthError } from './oauth-error.ts';
import type { VerifiedRedirectUri } from './redirect-uri.ts';

const redirectUri = 'https://a.test/cb' as VerifiedRedirectUri;
const required = { client_id: 'app', redirect_uri: redirectUri, response_type: 'code' };
const parse = (parameters: Record<string, string>) =>
  parseAuthorizeRequest(new Map(Object.entries({ ...required, ...parameters })), redirectUri);

test('what is not said is left out, and what has a default has it', () => {
  assert.deepEqual(parse({}), {
    client_id: 'app',
    redirect_uri: redirectUri,
    response_type: 'code',
    response_mode: 'query',
    scope: [],
    prompt: [],
    ui_locales: [],
  });
});

test('parameters are read into their types, and unknown ones are ignored', () => {
  const request = parse({
    scope: 'openid email',
    max_age: '600',
    ui_locales: 'ja  en-GB',
    prompt: 'login consent',
    unknown: 'x',
  });
  assert.deepEqual(request.scope, ['openid', 'email']);
  assert.equal(request.max_age, 600);
  assert.deepEqual(request.ui_locales, ['ja', 'en-GB']);
  assert.deepEqual(request.prompt, ['login', 'consent']);
  assert.equal('unknown' in request, false);
});

test('R16: an unknown response type is refused', () => {
  for (const response_type of ['none', 'CODE', ' code', 'code code', 'token  id_token', '__proto__']) {
    refusalOf('unsupported_response_type', () => parse({ response_type }));
  }
  refusalOf('invalid_request', () => parseAuthorizeRequest(new Map([['client_id', 'app']]), redirectUri));
});

test('R16: tokens never come back in a query, and come back in the fragment unless asked otherwise', () => {
  const front = { response_type: 'id_token token', nonce: 'n', scope: 'openid' };
  for (const response_mode of ['query', 'query.jwt'])
    refusalOf('invalid_request', () => parse({ ...front, response_mode }));
  assert.equal(parse(front).response_mode, 'fragment');
  assert.equal(parse({ ...front, response_mode: 'jwt' }).response_mode, 'fragment.jwt');
  assert.equal(parse({ response_mode: 'jwt' }).response_mode, 'query.jwt');
});

test('an ID token from the front channel needs a nonce and the scope openid (OpenID Connect Core §3.2.2.1)', () => {
  refusalOf('invalid_request', () => parse({ response_type: 'code id_token', scope: 'openid' }));
  refusalOf('invalid_request', () => parse({ response_type: 'id_token', scope: 'profile', nonce: 'n' }));
  assert.equal(parse({ response_type: 'token', scope: 'profile' }).response_type, 'token');
});

test('R16: an unknown response mode is refused', () => {
  for (const response_mode of ['web_message.jwt', 'jwt.jwt', 'QUERY', 'toString', '__proto__']) {
    refusalOf('invalid_request', () => parse({ response_mode }));
  }
});

test('max_age is a whole number of seconds', () => {
  assert.equal(parse({ max_age: '0' }).max_age, 0);
  for (const max_age of ['-1', '1.5', '1e3', ' 1', '0x10', 'Infinity', '9'.repeat(11), '١']) {
    refusalOf('invalid_request', () => parse({ max_age }));
  }
});

test('dpop_jkt is a thumbprint', () => {
  assert.equal(parse({ dpop_jkt: 'A'.repeat(43) }).dpop_jkt, 'A'.repeat(43));
  for (const dpop_jkt of ['A', 'A'.repeat(44), `${'A'.repeat(42)}=`, `${'A'.repeat(42)} `])
    refusalOf('invalid_request', () => parse({ dpop_jkt }));
});

test('D01: a parameter of more than 2,048 characters is refused', () => {
  assert.equal(parse({ state: 's'.repeat(2048) }).state?.length, 2048);
  for (const name of ['state', 'nonce', 'login_hint', 'scope', 'unknown']) {
    refusalOf('invalid_request', () => parse({ [name]: 's'.repeat(2049) }));
  }
});

test('a refusal travels as the request asked, where that can be', () => {
  const client = { web_origins: ['https://a.test'] };
  const modeOf = (response_mode?: string, web_origins = client.web_origins) =>
    errorResponseMode(new Map(response_mode === undefined ? [] : [['response_mode', response_mode]]), redirectUri, {
      web_origins,
    });
  assert.equal(modeOf(), 'query');
  assert.equal(modeOf('fragment'), 'fragment');
  assert.equal(modeOf('form_post'), 'form_post');
  assert.equal(modeOf('web_message'), 'web_message');
  assert.equal(modeOf('web_message', []), 'query');
  assert.equal(modeOf('nonsense'), 'query');
});

test('D14: whatever is sent, it is read or refused with an OAuthError', () => {
  const names = fc.constantFrom(
    'response_type',
    'response_mode',
    'scope',
    'state',
    'prompt',
    'max_age',
    'code_challenge',
    'code_challenge_method',
    'ui_locales',
    'request',
    '__proto__',
  );
  const values = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('code', 'query', 'S256', 'none', 'login', '0'),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(names, values)), (pairs) => {
      try {
        const request = parseAuthorizeRequest(new Map([...Object.entries(required), ...pairs]), redirectUri);
        assert.equal(request.redirect_uri, redirectUri);
        assert.equal(request.response_type, 'code');
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        assert.notEqual(error.code, 'server_error');
      }
    }),
  );
});
