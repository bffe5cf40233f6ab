// Tests the merge of RFC 7396: the examples of its appendix, and what must hold of any two objects.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isJsonObject, mergePatch } from './merge-patch.ts';

test('RFC 7396 §2: members are replaced, merged, added and removed', () => {
  const cases: [object, object, object][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];
  for (const [target, patch, result] of cases) assert.deepEqual(mergePatch({ ...target }, { ...patch }), result);
});

test('a member that is replaced as a whole keeps nothing of what it was', () => {
  assert.deepEqual(mergePatch({ m: { a: 1 } }, { m: { b: 2 } }, ['m']), { m: { b: 2 } });
});

test('merging twice is merging once, nothing is left that the patch takes away, and no prototype is reached', () => {
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(fc.constant(null), fc.integer(), fc.string(), tie('object')),
    object: fc.dictionary(fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.string()), tie('value'), {
      noNullPrototype: true,
      maxKeys: 4,
    }),
  })).object;
  fc.assert(
    fc.property(tree, tree, (target, patch) => {
      if (!isJsonObject(target) || !isJsonObject(patch)) return;
      const once = mergePatch(target, patch);
      assert.deepEqual(mergePatch(once, patch), once);
      for (const [key, value] of Object.entries(patch)) assert.equal(Object.hasOwn(once, key), value !== null);
      assert.equal(Object.getPrototypeOf(once), Object.prototype);
    }),
  );
});
