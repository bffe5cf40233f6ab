import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { facts, factsAbout, familyOf, parseTokenId, tokenId } from './revocation.ts';

const word = fc.stringMatching(/^[\w-]{1,30}$/);
const position = fc.integer({ min: 0, max: 2 ** 51 });

test('a jti says the authorization, the position and the person that it was made with', () => {
  const id = fc.record({ authorization: word, position, subject: fc.option(word, { nil: '' }), random: word });
  fc.assert(
    fc.property(id, (parts) => {
      assert.deepEqual(parseTokenId(tokenId(parts)), { ...parts });
      assert.equal(familyOf(tokenId(parts)), parts.authorization);
    }),
  );
});

test('a jti of another form says nothing, and an older one its authorization alone', () => {
  for (const jti of ['', 'plain', 'family.random', 'a.B.c.d', 'a.1.b', 'a.1.b.c.d', 'a.12345678901.b.c', 'a b.1.c.d']) {
    assert.equal(parseTokenId(jti), undefined, jti);
  }
  assert.equal(familyOf('family.random'), 'family');
});

test('no two facts of different kinds have the same text, whatever they are about', () => {
  const text = fc.string({ maxLength: 12, unit: fc.constantFrom('a', ':', ' ', '-', '.') });
  fc.assert(
    fc.property(text, text, (one, other) => {
      const all = [
        facts.token(one),
        facts.authorization(one),
        facts.session(one),
        facts.user(one),
        facts.client(one),
        facts.audience(one),
        facts.userClient(one, other),
        facts.userAudience(one, other),
        facts.clientAudience(one, other),
        facts.key(one),
      ];
      assert.equal(new Set(all).size, all.length);
    }),
  );
});

test('a token is ended by the facts of its parts, of each of its audiences, and of no others', () => {
  const jti = tokenId({ authorization: 'auth', position: 5, subject: 'person', random: 'r' });
  const token = { jti, sid: 's', client_id: 'app', audience: ['https://a/', 'https://b/'] };
  assert.deepEqual(factsAbout(token).toSorted(), [
    'audience:https://a/',
    'audience:https://b/',
    'authorization:auth',
    'client-audience:app https://a/',
    'client-audience:app https://b/',
    'client:app',
    'session:s',
    `token:${jti}`,
    'user-audience:person https://a/',
    'user-audience:person https://b/',
    'user-client:person app',
    'user:person',
  ]);
  const machine = tokenId({ authorization: 'auth', position: 5, subject: '', random: 'r' });
  const own = factsAbout({ jti: machine, client_id: 'app', audience: ['https://a/'] });
  assert.deepEqual(own.toSorted(), [
    'audience:https://a/',
    'authorization:auth',
    'client-audience:app https://a/',
    'client:app',
    `token:${machine}`,
  ]);
});
