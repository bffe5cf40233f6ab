// Tests what people can be searched by: fields that there aren't and values of other types are refused where they stand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLucene } from './lucene.ts';
import { LuceneSyntaxError } from './lucene-tokens.ts';
import { userCondition, userSort } from './user-search.ts';

const refused: readonly (readonly [q: string, reason: RegExp])[] = [
  ['password:x', /"password" cannot be searched/],
  ['app_metadatas.x:1', /cannot be searched/],
  ['__proto__:x', /cannot be searched/],
  ['constructor:x', /cannot be searched/],
  ['_exists_:nothing', /cannot be searched/],
  ['logins_count:many', /"many" is not a number/],
  ['logins_count:[a TO 3]', /"a" is not a number/],
  ['logins_count:1*', /Wildcards cannot be used on logins_count/],
  ['created_at:yesterday', /"yesterday" is not a date/],
  ['created_at:[2020-13 TO *]', /"2020-13" is not a date/],
  ['blocked:[false TO true]', /Ranges cannot be used on blocked/],
  ['user_metadata.city:Par*', /Wildcards cannot be used on user_metadata/],
  ['user_metadata.age:[1 TO 2]', /Ranges cannot be used on user_metadata/],
  ['name:*ab', /needs 3 characters/],
  ['name:?*?', /needs 3 characters/],
];

for (const [q, reason] of refused) {
  test(`${q} is refused`, () => {
    assert.throws(
      () => userCondition(parseLucene(q)),
      (error) => error instanceof LuceneSyntaxError && reason.test(error.message),
    );
  });
}

test('people are sorted by a field of theirs, and by nothing else', () => {
  assert.deepEqual(userSort('created_at:-1'), { path: 'created_at', descending: true });
  assert.deepEqual(userSort('email:1'), { path: 'email', descending: false });
  for (const text of [
    'email',
    'email:2',
    'email:1:1',
    'app_metadata.plan:1',
    'identities.provider:1',
    'toString:1',
    '',
  ]) {
    assert.equal(userSort(text), undefined, text);
  }
});
