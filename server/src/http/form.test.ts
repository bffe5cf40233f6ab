// Tests the reading of parameters off the wire.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OAuthError } from '#protocol/oauth-error';
import { refusalOf } from '../testing/refusal.ts';
import { parametersOf, parseForm, queryOf } from './form.ts';

const json = (text: string) => parametersOf({ type: 'json', text });

test('a form is decoded once', () => {
  assert.deepEqual(
    [...parseForm('a=1+2&b=%252F&c=%E3%81%82&d')],
    [
      ['a', '1 2'],
      ['b', '%2F'],
      ['c', 'あ'],
    ],
  );
  assert.deepEqual([...queryOf('/authorize?a=1?b')], [['a', '1?b']]);
  assert.deepEqual([...queryOf('/authorize')], []);
});

test('R12: a name that comes twice is refused, however it is written', () => {
  for (const text of ['a=1&a=2', 'a=1&%61=2', 'a&a', 'a=&a=1', 'a+b=1&a%20b=2']) {
    refusalOf('invalid_request', () => parseForm(text));
  }
});

test('D03: brackets mean nothing in a name', () => {
  assert.deepEqual(
    [...parseForm('a[a][b]=1&a[]=2&__proto__[x]=3')],
    [
      ['a[a][b]', '1'],
      ['a[]', '2'],
      ['__proto__[x]', '3'],
    ],
  );
  assert.equal(({} as Record<string, unknown>)['x'], undefined);
});

test('D01, D04: more than 200 parameters are refused', () => {
  const pairs = Array.from({ length: 201 }, (_, n) => `p${n}=1`);
  assert.equal(parseForm(pairs.slice(1).join('&')).size, 200);
  refusalOf('invalid_request', () => parseForm(pairs.join('&')));
  refusalOf('invalid_request', () => parseForm('&'.repeat(1000)));
});

test('flat JSON is read as a form is', () => {
  assert.deepEqual(
    [...json('{"a":"1","b":2,"c":true,"d":""}')],
    [
      ['a', '1'],
      ['b', '2'],
      ['c', 'true'],
    ],
  );
  assert.deepEqual([...json('{}')], []);
});

test('I07: JSON values that are no texts are refused', () => {
  for (const text of ['{"a":{"$ne":null}}', '{"a":["x"]}', '{"a":null}', '[]', 'null', '"a"', '1', '']) {
    refusalOf('invalid_request', () => json(text));
  }
});

test('R12, J08: a JSON member that comes twice is refused, however it is written', () => {
  for (const text of [
    '{"a":"1","a":"2"}',
    '{"a":"1","\\u0061":"1"}',
    '{"a":"","a":"x"}',
    '{"a":1,"b":":\\":","a":2}',
    '{"__proto__":"1","__proto__":"2"}',
  ]) {
    refusalOf('invalid_request', () => json(text));
  }
  assert.deepEqual(
    [...json('{"a:b":"c:\\"d\\":e","\\\\":":"}')],
    [
      ['a:b', 'c:"d":e'],
      ['\\', ':'],
    ],
  );
});

test('D03: JSON of any depth is refused, not overflown', () => {
  refusalOf('invalid_request', () => json(`${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`));
  refusalOf('invalid_request', () => json('['.repeat(60_000)));
});

test('whatever the bytes are, a form is read or refused, and no name that is read was sent twice', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.webQueryParameters(), fc.string({ unit: fc.constantFrom(...'ab=&%+[]\0') })),
      (text) => {
        let parameters: ReadonlyMap<string, string>;
        try {
          parameters = parseForm(text);
        } catch (error) {
          assert.ok(error instanceof OAuthError);
          return;
        }
        const names = [...new URLSearchParams(text).keys()];
        for (const [name, value] of parameters) {
          assert.equal(names.filter((one) => one === name).length, 1);
          assert.notEqual(value, '');
        }
      },
    ),
  );
});

test('every flat object of texts is read from its JSON as it was', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string(),
        fc.string({ minLength: 1 }).filter((text) => !text.includes('\0')),
      ),
      (values) => {
        assert.deepEqual(new Map(Object.entries(values)), json(JSON.stringify(values)));
      },
    ),
  );
});

test('D14: whatever text is sent as JSON, it is read or refused with an OAuthError', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        json(text);
      } catch (error) {
        assert.ok(error instanceof OAuthError);
      }
    }),
  );
});
