import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JsonArrayError, JsonArraySplitter } from './json-array.ts';

function split(chunks: readonly string[], longest = 1000): unknown[] {
  const splitter = new JsonArraySplitter({ longest, deepest: 100 });
  const elements = chunks.flatMap((chunk) => splitter.push(chunk));
  splitter.end();
  return elements.map((element) => JSON.parse(element));
}

describe('a JSON array in pieces', () => {
  test('any array comes out as it went in, wherever it was cut', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 1, max: 9 }), fc.boolean(), (values, size, pretty) => {
        const json = JSON.stringify(values, null, pretty ? 2 : undefined);
        const chunks = Array.from({ length: Math.ceil(json.length / size) }, (_, at) =>
          json.slice(at * size, at * size + size),
        );
        assert.deepEqual(split(chunks, 1e6), JSON.parse(json));
      }),
    );
  });

  for (const text of ['', '{}', '[1', '[1,]', '[,1]', '[1]]', '[1] 2', '[}]', '["a', 'null', '[[1]']) {
    test(`${JSON.stringify(text)} is none`, () => assert.throws(() => split([text]), JsonArrayError));
  }

  test('an element that is too long ends the reading, before it is complete', () => {
    const splitter = new JsonArraySplitter({ longest: 10, deepest: 100 });
    assert.throws(() => splitter.push(`["${'a'.repeat(20)}`), JsonArrayError);
    assert.throws(() => split([`[1, "${'a'.repeat(20)}"]`], 10), JsonArrayError);
  });

  test('an element that is too deep ends the reading, and brackets within texts are none', () => {
    const deep = (levels: number) => `[${'['.repeat(levels)}${']'.repeat(levels)}]`;
    assert.equal(split([deep(100)]).length, 1);
    assert.throws(() => split([deep(101)]), JsonArrayError);
    assert.deepEqual(split([`["${'['.repeat(200)}"]`]), ['['.repeat(200)]);
  });
});
