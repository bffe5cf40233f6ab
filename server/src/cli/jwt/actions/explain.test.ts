// Proves that `warifu jwt explain` knows kinds of tokens, and what is wrong with one.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { newYearSec, runJwt, written } from '../testing.ts';

const issuer = 'https://login.example.com/';
const idToken = { iss: issuer, sub: 'auth0|1', aud: 'app', iat: newYearSec, exp: newYearSec + 7200, nonce: 'n' };
const accessToken = {
  iss: issuer,
  sub: 'auth0|1',
  aud: ['https://api.example.com'],
  iat: newYearSec,
  exp: newYearSec + 7200,
  scope: 'read',
  azp: 'app',
};

const explained = async (payload: object, header?: object, lang = 'en') =>
  (await runJwt(['explain', written(payload, header), '--lang', lang])).out;

describe('explain', () => {
  test('says in English what an access token is, for whom, and until when', async () => {
    const out = await explained(accessToken);
    assert.match(out, /^An access token: /);
    assert.match(out, /^Issued by: https:\/\/login\.example\.com\/$/m);
    assert.match(out, /^For: https:\/\/api\.example\.com$/m);
    assert.match(out, /^Expires: in 2 hours \(2026-01-01 02:00:00 UTC\)$/m);
    assert.match(out, /^Nothing is wrong with it that can be seen without a key\.$/m);
    assert.match(out, /^ {2}azp {2}app\n {6}The application to which the token was issued\.$/m);
    assert.match(out, /warifu jwt verify --issuer https:\/\/login\.example\.com\/\n$/);
  });

  test('says the same in Japanese', async () => {
    const out = await explained(accessToken, undefined, 'ja');
    assert.match(out, /^アクセストークン：/);
    assert.match(out, /^有効期限：2 時間後（2026-01-01 02:00:00 UTC）$/m);
    assert.match(out, /^鍵なしでわかる範囲では、おかしな点はありません。$/m);
  });

  test('knows a refresh token, of which nothing can be read', async () => {
    const { code, out } = await runJwt(['explain', `v1.${'a'.repeat(70)}`]);
    assert.equal(code, 0);
    assert.match(out, /^A refresh token: /);
  });

  test('knows an encrypted token, and a weak encryption', async () => {
    const header = Buffer.from('{"alg":"RSA1_5","enc":"A128CBC-HS256"}').toString('base64url');
    const { code, out } = await runJwt(['explain', `${header}.aa.bb.cc.dd`]);
    assert.equal(code, 0);
    assert.match(out, /^An encrypted token \(JWE\)/);
    assert.match(out, /\[Risk\] RSA1_5/);
  });

  const kinds: readonly (readonly [string, object, object | undefined])[] = [
    ['An ID token', idToken, undefined],
    ['An ID token', { ...idToken, nonce: undefined, email: 'a@example.com' }, undefined],
    [
      'An access token',
      { iss: issuer, sub: 'a@clients', aud: 'https://api', exp: 1, gty: 'client-credentials' },
      undefined,
    ],
    ['An access token', { sub: 'a' }, { alg: 'ES256', typ: 'application/at+JWT' }],
    ['A logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }, undefined],
    ['A security event token', { events: {} }, undefined],
    ['A DPoP proof', { htm: 'GET' }, { alg: 'ES256', typ: 'dpop+jwt', jwk: {} }],
    ['A client assertion', { iss: 'app', sub: 'app', aud: issuer }, undefined],
    ['A request object', { client_id: 'app', response_type: 'code' }, undefined],
    ['An authorization response', { iss: issuer, aud: 'app', code: 'c', state: 's' }, undefined],
    ['Information about a user', { sub: 'a', email: 'a@example.com' }, undefined],
    ['A signed JWT', { hello: 'world' }, undefined],
  ];
  for (const [kind, payload, header] of kinds) {
    test(`recognises ${kind} in ${JSON.stringify(header ?? payload)}`, async () => {
      assert.ok((await explained(payload, header)).startsWith(kind));
    });
  }
});

describe('explain finds', () => {
  const rs256 = { alg: 'RS256', kid: 'one' };
  const findings: readonly (readonly [string, RegExp, object, object?])[] = [
    ['alg none', /\[Wrong\] alg is none/, accessToken, { alg: 'nOnE' }],
    ['a missing alg', /\[Wrong\] There is no alg/, accessToken, { typ: 'JWT' }],
    ['an unknown alg', /\[Wrong\] The algorithm RS257/, accessToken, { alg: 'RS257' }],
    [
      'a shared secret of an issuer on the web',
      /\[Risk\] HS256 with an issuer on the web/,
      accessToken,
      { alg: 'HS256' },
    ],
    ['that it expired', /\[Wrong\] It expired 2 hours ago/, { ...accessToken, iat: 1, exp: newYearSec - 7200 }],
    [
      'that it is not valid yet',
      /\[Wrong\] It is not valid yet, only in 2 hours/,
      { ...accessToken, nbf: newYearSec + 7200 },
    ],
    [
      'an issue in the future',
      /\[Wrong\] It claims to be issued in 2 hours/,
      { ...accessToken, iat: newYearSec + 7200 },
    ],
    ['no expiry', /\[Risk\] It never expires/, { ...accessToken, exp: undefined }],
    ['a long life', /\[Risk\] It lives 30 days/, { ...accessToken, exp: newYearSec + 30 * 86_400 }],
    ['milliseconds', /\[Wrong\] exp looks like milliseconds/, { ...accessToken, exp: newYearSec * 1000 }],
    ['a time that is none', /\[Wrong\] exp is no time/, { ...accessToken, exp: '2026-01-01' }],
    ['a time that no calendar has', /\[Wrong\] nbf is no time/, { ...accessToken, nbf: 1e300 }],
    ['no audience', /\[Risk\] It doesn’t say for whom/, { ...accessToken, aud: undefined }],
    ['no issuer', /\[Wrong\] It doesn’t say who issued it/, { ...idToken, iss: undefined }],
    ['no subject', /\[Wrong\] It doesn’t say whom it is about/, { ...idToken, sub: undefined }],
    ['no kid', /\[Note\] There is no kid/, accessToken, { alg: 'RS256' }],
    ['a key by address', /\[Risk\] The header has jku/, accessToken, { ...rs256, jku: 'https://evil.example' }],
    ['a key brought along', /\[Risk\] The header has jwk/, accessToken, { ...rs256, jwk: {} }],
    ['crit', /\[Risk\] The header’s crit demands .* exp/, accessToken, { ...rs256, crit: ['exp'] }],
    ['a password', /\[Wrong\] user\.password looks like a secret/, { ...accessToken, user: { password: 'x' } }],
    ['a namespaced secret', /api_key looks like a secret/, { ...accessToken, 'https://x.example/api_key': 'x' }],
    ['a private key', /key contains a private key/, { ...accessToken, key: '-----BEGIN PRIVATE KEY-----' }],
    ['a My Number', /number looks like a My Number/, { ...accessToken, number: '1234 5678 9018' }],
    ['a card number', /card looks like the number of a payment card/, { ...accessToken, card: '4111 1111 1111 1111' }],
    ['an ID token where an access token is wanted', /\[Note\] An API must refuse this token/, idToken],
    [
      'a nonce in a logout token',
      /\[Wrong\] A logout token must not/,
      { nonce: 'n' },
      { alg: 'RS256', typ: 'logout+jwt' },
    ],
    ['a large token', /\[Note\] It is large/, { ...accessToken, padding: 'x'.repeat(5000) }],
  ];
  for (const [what, sentence, payload, header] of findings) {
    test(what, async () => assert.match(await explained(payload, header ?? rs256), sentence));
  }

  test('a name that stands twice', async () => {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    const { out } = await runJwt(['explain', `${part('{"alg":"RS256"}')}.${part('{"sub":"a","\\u0073ub":"b"}')}.abcd`]);
    assert.match(out, /\[Wrong\] A name stands twice in one object \(sub\)/);
  });

  test('no card in ids, times and numbers that fail the check digit', async () => {
    const payload = { ...accessToken, user_id: '4111111111111111', order: '4111111111111112', at: newYearSec * 1000 };
    assert.doesNotMatch(await explained(payload), /payment card/);
  });
});
