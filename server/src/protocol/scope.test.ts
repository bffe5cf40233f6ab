// Tests the grammar of scopes and which ones can be granted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOf } from '../testing/refusal.ts';
import { covers, grantableScopes, parseScope } from './scope.ts';

const api = { scopes: [{ value: 'read:things' }, { value: 'write:things' }], allow_offline_access: true };

test('a scope is split at spaces, and each token counts once', () => {
  assert.deepEqual(parseScope('openid profile openid'), ['openid', 'profile']);
  assert.deepEqual(parseScope('  openid  '), ['openid']);
  assert.deepEqual(parseScope(''), []);
  assert.deepEqual(parseScope(undefined), []);
});

test('characters outside RFC 6749 §3.3 are refused', () => {
  for (const scope of [
    'open"id',
    'open\\id',
    'openid\tprofile',
    'openid\nprofile',
    'öpenid',
    'openid\0',
    'openid\u00a0profile',
    '\x7f',
  ]) {
    refusalOf('invalid_request', () => parseScope(scope));
  }
});

test('D01: more than 200 scopes are refused', () => {
  const many = Array.from({ length: 201 }, (_, n) => `s${n}`);
  assert.equal(parseScope(many.slice(1).join(' ')).length, 200);
  refusalOf('invalid_request', () => parseScope(many.join(' ')));
});

const token = fc.string({ unit: fc.constantFrom(...'!#[]~aZ09:/._-'), minLength: 1, maxLength: 12 });

test('tokens that are joined by spaces are parsed into the same tokens', () => {
  fc.assert(
    fc.property(fc.uniqueArray(token, { maxLength: 30 }), (tokens) => {
      assert.deepEqual(parseScope(tokens.join(' ')), tokens);
    }),
  );
});

test('whatever is parsed is a list of distinct tokens of the grammar, all of which were sent', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...' ab"\\') })), (text) => {
      let tokens: string[];
      try {
        tokens = parseScope(text);
      } catch (error) {
        refusalOf('invalid_request', () => {
          throw error;
        });
        return;
      }
      assert.equal(new Set(tokens).size, tokens.length);
      for (const one of tokens) {
        assert.match(one, /^[!#-[\]-~]+$/);
        assert.ok(text.split(' ').includes(one));
      }
    }),
  );
});

test('T05: a scope that the API does not define is left out', () => {
  const policy = { api, mayRefresh: true };
  assert.deepEqual(grantableScopes(['openid', 'read:things', 'admin', 'delete:users'], policy), [
    'openid',
    'read:things',
  ]);
  assert.deepEqual(grantableScopes(['openid', 'read:things'], { api: undefined, mayRefresh: true }), ['openid']);
  assert.deepEqual(grantableScopes(['__proto__', 'constructor'], policy), []);
});

test('offline_access needs the application, and the API, to allow it', () => {
  const asked = ['offline_access'];
  assert.deepEqual(grantableScopes(asked, { api, mayRefresh: true }), asked);
  assert.deepEqual(grantableScopes(asked, { api: undefined, mayRefresh: true }), asked);
  assert.deepEqual(grantableScopes(asked, { api, mayRefresh: false }), []);
  assert.deepEqual(grantableScopes(asked, { api: { ...api, allow_offline_access: false }, mayRefresh: true }), []);
});

test('T05: nothing is ever granted that was not asked for and defined', () => {
  const defined = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access', 'read:things', 'write:things'];
  const asked = fc.uniqueArray(fc.oneof(token, fc.constantFrom(...defined)));
  fc.assert(
    fc.property(asked, fc.boolean(), (requested, mayRefresh) => {
      const granted = grantableScopes(requested, { api, mayRefresh });
      assert.ok(covers(requested, granted));
      assert.ok(covers(defined, granted));
    }),
  );
});
