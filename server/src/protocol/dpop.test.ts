// Tests the rules of DPoP proofs that need no key: addresses, times and what is bound to what.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHeldBy } from './confirmation.ts';
import { normaliseEndpoint, proofFault } from './dpop.ts';

const endpoint = 'https://id.example.com/oauth/token';

test('an address is the same however it is written', () => {
  const host = fc.domain();
  const segment = fc
    .string({ unit: fc.constantFrom(...'abcXYZ019-._~'), minLength: 1 })
    .filter((s) => !/^\.+$/.test(s));
  const path = fc.array(segment, { minLength: 1, maxLength: 4 });
  const noise = fc.string({ unit: fc.constantFrom(...'abc=&?/#%41') });
  fc.assert(
    fc.property(host, path, noise, fc.nat(), (name, segments, query, at) => {
      const plain = `https://${name}/${segments.join('/')}`;
      const normal = normaliseEndpoint(plain);
      assert.ok(normal);
      assert.equal(normaliseEndpoint(normal), normal);
      const character = plain.length - 1 - (at % (segments.at(-1)?.length ?? 1));
      const escaped = `%${plain.charCodeAt(character).toString(16)}`;
      for (const other of [
        `HTTPS://${name.toUpperCase()}/${segments.join('/')}`,
        `https://${name}:443/${segments.join('/')}`,
        `${plain}?${query}`,
        `${plain}#${query}`,
        `https://${name}/x/../${segments.join('/./')}`,
        plain.slice(0, character) + escaped + plain.slice(character + 1),
      ]) {
        assert.equal(normaliseEndpoint(other), normal, other);
      }
    }),
  );
});

test('another scheme, host, port or path is another address', () => {
  fc.assert(
    fc.property(fc.webUrl({ withFragments: false, withQueryParameters: false }), (url) => {
      const { protocol, host, pathname } = new URL(url);
      const others = [
        `${protocol === 'https:' ? 'http' : 'https'}://${host}${pathname}`,
        `${protocol}//x${host}${pathname}`,
        `${protocol}//${host}${pathname}x`,
        `${protocol}//${host}/x${pathname}`,
      ];
      for (const other of others) assert.notEqual(normaliseEndpoint(other), normaliseEndpoint(url), other);
    }),
  );
  const normal = normaliseEndpoint(endpoint);
  for (const other of [
    `${endpoint}/`,
    'https://id.example.com:8443/oauth/token',
    'https://id.example.com/oauth%2Ftoken',
  ]) {
    assert.notEqual(normaliseEndpoint(other), normal, other);
  }
});

test('what is no web address, or has a user, is none', () => {
  for (const text of [
    '',
    '/oauth/token',
    'id.example.com',
    'ftp://id.example.com/',
    'https://a@id.example.com/',
    'https://',
  ]) {
    assert.equal(normaliseEndpoint(text), undefined, text);
  }
});

test('whatever the claims are, they are judged', () => {
  const claims = fc.dictionary(fc.constantFrom('jti', 'htm', 'htu', 'iat', 'ath', 'nonce'), fc.anything());
  const expected = { method: 'POST', endpoints: [endpoint], accessTokenHash: 'hash', nowSec: 1000 };
  fc.assert(fc.property(claims, (all) => assert.equal(typeof proofFault(all, expected), 'string')));
  const right = { jti: 'a', htm: 'POST', htu: endpoint, iat: 1000, ath: 'hash' };
  assert.equal(proofFault(right, expected), undefined);
  for (const iat of [Number.NaN, Infinity, -Infinity]) {
    assert.equal(typeof proofFault({ ...right, iat }, expected), 'string');
  }
});

test('what is bound to several keys is held by who has all of them', () => {
  const both = { jkt: 'a', 'x5t#S256': 'b' };
  assert.ok(isHeldBy({}, undefined));
  assert.ok(isHeldBy(both, both));
  assert.ok(isHeldBy({ jkt: 'a' }, both));
  for (const proved of [undefined, {}, { jkt: 'a' }, { 'x5t#S256': 'b' }, { jkt: 'b', 'x5t#S256': 'a' }]) {
    assert.equal(isHeldBy(both, proved), false);
  }
});
