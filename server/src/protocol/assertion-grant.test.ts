// Tests the rules for assertions: what must be there, for whom, and for how long.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isAssertionType, judgeAssertion } from './assertion-grant.ts';

const nowSec = 1_000_000;
const expected = {
  issuer: 'https://partner.example/',
  client_id: 'app',
  audiences: ['https://id.example.com/', 'https://id.example.com/oauth/token'],
  nowSec,
  maxLifetimeSec: 3600,
};
const good = { iss: expected.issuer, sub: 'u1', aud: 'https://id.example.com/', jti: 'j1', exp: nowSec + 300 };
const isTaken = (claims: Record<string, unknown>) => !('fault' in judgeAssertion({ ...good, ...claims }, expected));

test('X07: it names the issuer and exactly one audience, which is ours', () => {
  assert.ok(isTaken({}));
  assert.ok(isTaken({ aud: [good.aud] }));
  assert.ok(isTaken({ aud: 'https://id.example.com/oauth/token' }));
  const others = [undefined, '', [], 'https://id.example.com', 'https://id.example.com/oauth/token/', 'app', 7, null];
  for (const aud of [
    ...others,
    [good.aud, 'https://other.example/'],
    [good.aud, good.aud],
    [[good.aud]],
    { 0: good.aud },
  ]) {
    assert.equal(isTaken({ aud }), false, JSON.stringify(aud));
  }
  for (const iss of [undefined, 'https://partner.example', [expected.issuer]]) assert.equal(isTaken({ iss }), false);
});

test('X07: it ends soon, and begins no more than a minute from now', () => {
  const times = (claims: Record<string, unknown>) => isTaken(claims);
  for (const exp of [undefined, null, `${good.exp}`, nowSec, nowSec - 1, Number.NaN, Infinity, nowSec + 3661]) {
    assert.equal(times({ exp }), false, String(exp));
  }
  assert.ok(times({ exp: nowSec + 0.5 }));
  assert.ok(times({ exp: nowSec + 3660, iat: nowSec + 60 }));
  assert.equal(times({ exp: nowSec + 300, iat: nowSec - 3301 }), false);
  for (const name of ['iat', 'nbf']) {
    assert.ok(times({ [name]: nowSec + 60 }));
    for (const time of [nowSec + 61, '0', null, {}]) assert.equal(times({ [name]: time }), false, `${name} ${time}`);
  }
});

test('X07: it has a subject and an id, and is for no other application', () => {
  for (const name of ['sub', 'jti']) {
    for (const value of [undefined, '', 7, null, ['u1'], 'x'.repeat(513), 'a\0b']) {
      assert.equal(isTaken({ [name]: value }), false, `${name} ${JSON.stringify(value)}`);
    }
  }
  assert.ok(isTaken({ client_id: 'app' }));
  for (const client_id of ['other', null, ['app']]) assert.equal(isTaken({ client_id }), false);
});

test('an address counts as proved only when that is said with true', () => {
  for (const email_verified of [undefined, 'true', 1, false]) {
    const judged = judgeAssertion({ ...good, email: 'a@example.com', email_verified }, expected);
    assert.ok(!('fault' in judged) && !judged.email_verified);
  }
});

test('T11: tokens of another kind are no assertions', () => {
  for (const typ of [undefined, 'JWT', 'jwt', 'application/authorization-grant+jwt', 'oauth-id-jag+jwt']) {
    assert.ok(isAssertionType(typ), String(typ));
  }
  for (const typ of ['logout+jwt', 'at+jwt', 'dpop+jwt', 'client-authentication+jwt', '', null, 7, ['JWT']]) {
    assert.equal(isAssertionType(typ), false, JSON.stringify(typ));
  }
});

test('whatever the claims are, it is judged and nothing is thrown', () => {
  const claims = fc.record(
    Object.fromEntries(
      ['iss', 'sub', 'aud', 'jti', 'exp', 'iat', 'nbf', 'client_id'].map((name) => [name, fc.anything()]),
    ),
    { requiredKeys: [] },
  );
  fc.assert(fc.property(claims, (some) => void judgeAssertion({ ...good, ...some }, expected)));
});
