// Tests what request objects may say (C17).
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import { OAuthError } from './oauth-error.ts';
import { objectAlgorithms, objectFault, objectParameters } from './request-object.ts';

const issuer = 'https://id.example.com/';
const nowSec = 1_800_000_000;
const lax = { client_id: 'app', issuer, isFapi: false, nowSec };
const fapi = { ...lax, isFapi: true };
const complete = { iss: 'app', aud: issuer, client_id: 'app', nbf: nowSec, exp: nowSec + 300 };

test('what need not be said may be left out, outside of the FAPI profiles', () => {
  assert.equal(objectFault({}, lax), undefined);
  assert.equal(objectFault(complete, fapi), undefined);
  for (const name of ['iss', 'aud', 'nbf', 'exp'] as const) {
    const { [name]: _, ...rest } = complete;
    assert.equal(objectFault(rest, lax), undefined, name);
    assert.ok(objectFault(rest, fapi), name);
  }
});

describe('C17: an object is refused', () => {
  const wrong: readonly (readonly [string, Record<string, unknown>])[] = [
    ['of another issuer', { iss: 'other' }],
    ['for another audience', { aud: 'https://other.example.com/' }],
    ['for several others', { aud: ['https://other.example.com/', 7] }],
    ['of another client_id', { client_id: 'other' }],
    ['with a client_id that is no text', { client_id: ['app'] }],
    ['that is good as a client assertion', { sub: 'app' }],
    ['that holds another', { request: 'x.y.z' }],
    ['that points to another', { request_uri: 'https://app.example.com/object' }],
    ['that has expired', { exp: nowSec }],
    ['whose exp is a text', { exp: String(nowSec + 60) }],
    ['that is not good yet', { nbf: nowSec + 61 }],
    ['from the future', { iat: nowSec + 61 }],
  ];
  for (const [name, claims] of wrong) {
    test(name, () => {
      assert.ok(objectFault(claims, lax));
      assert.ok(objectFault({ ...complete, ...claims }, fapi));
    });
  }

  test('of more than an hour, where FAPI is kept', () => {
    assert.equal(objectFault({ ...complete, exp: nowSec + 3600 }, fapi), undefined);
    assert.ok(objectFault({ ...complete, exp: nowSec + 3601 }, fapi));
    assert.ok(objectFault({ ...complete, nbf: nowSec - 3601 }, fapi));
    assert.equal(objectFault({ ...complete, exp: nowSec + 3601 }, lax), undefined);
  });
});

test('clocks may differ by a minute, and the issuer be written without its slash', () => {
  assert.equal(objectFault({ nbf: nowSec + 60, iat: nowSec + 60 }, lax), undefined);
  for (const aud of [issuer, issuer.slice(0, -1), ['https://other.example.com/', issuer]])
    assert.equal(objectFault({ aud }, lax), undefined);
});

test('numbers and objects are the text of their JSON, and what is about the object is no parameter', () => {
  const claims = { ...complete, jti: 'x', max_age: 600, claims: { id_token: { acr: null } }, scope: 'openid' };
  const sent = new Map([['client_id', 'app']]);
  assert.deepEqual([...objectParameters(claims, sent, true)].toSorted(), [
    ['claims', '{"id_token":{"acr":null}}'],
    ['client_id', 'app'],
    ['max_age', '600'],
    ['scope', 'openid'],
  ]);
});

test('nothing beside the object counts, but response_type and scope beside one of OpenID Connect that lacks them', () => {
  const sent = new Map(
    Object.entries({ client_id: 'app', response_type: 'code', scope: 'openid email', state: 'evil', prompt: 'none' }),
  );
  assert.deepEqual([...objectParameters({ state: 's' }, sent, true).keys()], ['state', 'client_id']);
  const loose = objectParameters({ state: 's', scope: 'openid' }, sent, false);
  assert.deepEqual(Object.fromEntries(loose), { state: 's', scope: 'openid', response_type: 'code', client_id: 'app' });
});

test('J01: no registration makes none an algorithm, and a secret signs only where that was registered', () => {
  assert.deepEqual(objectAlgorithms('none', false), []);
  assert.deepEqual(objectAlgorithms('HS256', false), ['HS256']);
  assert.deepEqual(objectAlgorithms('HS256', true), []);
  assert.equal(objectAlgorithms(undefined, false).includes('RS256'), true);
  assert.equal(
    objectAlgorithms(undefined, false).some((alg) => alg.startsWith('HS')),
    false,
  );
  assert.deepEqual(objectAlgorithms(undefined, true), ['PS256', 'ES256', 'EdDSA', 'Ed25519']);
});

test('D14: whatever the claims are, they are read as texts or refused', () => {
  refusalOf('invalid_request_object', () => objectParameters({ nonce: null }, new Map(), true));
  refusalOf('invalid_request', () => objectParameters({ nonce: 'a\0b' }, new Map(), true));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
      objectFault(claims, fapi);
      try {
        const parameters = objectParameters(claims, new Map([['client_id', 'app']]), false);
        assert.equal(parameters.get('client_id'), 'app');
        for (const value of parameters.values()) assert.equal(typeof value, 'string');
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
      }
    }),
  );
});

test('several resources are a list in an object, and nothing else is (RFC 8707 §2.1)', () => {
  const sent = new Map([['client_id', 'app']]);
  const read = (claims: object) => objectParameters(claims as Record<string, unknown>, sent, true);
  const resource = ['https://a.test/', 'https://b.test/'];
  assert.equal(read({ resource }).get('resource'), resource.join(' '));
  assert.equal(read({ resource: 'https://a.test/' }).get('resource'), 'https://a.test/');
  for (const wrong of [['https://a.test/', 1], ['https://a.test/ https://b.test/'], {}]) {
    assert.equal(read({ resource: wrong }).get('resource'), JSON.stringify(wrong), 'which is no URI');
  }
});
