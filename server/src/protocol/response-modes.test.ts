// Tests how authorization responses are carried back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { VerifiedRedirectUri } from './redirect-uri.ts';
import { deliver, findResponseMode, type ResponseModeName } from './response-modes.ts';

const to = (uri: string) => uri as VerifiedRedirectUri;
const location = (mode: ResponseModeName, uri: string, response: Record<string, string | undefined>) => {
  const delivery = deliver(mode, to(uri), response);
  assert.equal(delivery.kind, 'redirect');
  return (delivery as Extract<typeof delivery, { kind: 'redirect' }>).location;
};

test('a query is added to the registered address, which stays as it is', () => {
  assert.equal(location('query', 'https://a.test', { code: 'c' }), 'https://a.test?code=c');
  assert.equal(location('query', 'https://a.test/%7Ecb?x=1', { code: 'c' }), 'https://a.test/%7Ecb?x=1&code=c');
  assert.equal(location('query', 'com.example.app:/cb', { code: 'c' }), 'com.example.app:/cb?code=c');
});

test('a fragment is added to the registered address', () => {
  assert.equal(location('fragment', 'https://a.test/cb?x=1', { code: 'c' }), 'https://a.test/cb?x=1#code=c');
});

test('what is undefined is left out', () => {
  assert.equal(location('query', 'https://a.test/', { code: 'c', state: undefined }), 'https://a.test/?code=c');
});

test('a message is for the origin of the redirect URI', () => {
  const delivery = deliver('web_message', to('https://a.test:8443/cb?x=1'), { code: 'c' });
  assert.deepEqual(delivery, { kind: 'message', targetOrigin: 'https://a.test:8443', response: { code: 'c' } });
});

test('names of the language are no response modes', () => {
  for (const name of ['__proto__', 'constructor', 'toString', ''])
    assert.equal(findResponseMode(name, 'query'), undefined);
});

test('I12: whatever is carried arrives unchanged, and nothing of it leaves its parameter', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('query', 'fragment'), (state, mode) => {
      fc.pre(state.isWellFormed());
      const text = location(mode, 'https://a.test/cb', { code: 'c', state, iss: 'https://id.test/' });
      assert.match(text, /^[\x21-\x7e]+$/);
      const { search, hash, origin, pathname } = new URL(text);
      assert.equal(origin + pathname, 'https://a.test/cb');
      const parameters = new URLSearchParams(mode === 'query' ? search : hash.slice(1));
      assert.deepEqual(
        [...parameters],
        [
          ['code', 'c'],
          ['state', state],
          ['iss', 'https://id.test/'],
        ],
      );
    }),
  );
});
