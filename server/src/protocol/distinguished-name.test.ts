// Tests the text form of distinguished names and their comparison (RFC 4514).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type DistinguishedName, parseDistinguishedName, sameDistinguishedName } from './distinguished-name.ts';

const [cn, ou, o, c] = ['2.5.4.3', '2.5.4.11', '2.5.4.10', '2.5.4.6'];
const name = (...pairs: [string, string][]): DistinguishedName => pairs.map(([type, text]) => [{ type, text }]);
const matches = (text: string, other: DistinguishedName) => {
  const parsed = parseDistinguishedName(text);
  return parsed !== undefined && sameDistinguishedName(parsed, other);
};

test('the text begins with the end of the name', () => {
  assert.deepEqual(parseDistinguishedName('CN=app,OU=Apps,O=Example\\, Inc.,C=JP'), [
    [{ type: c, text: 'JP' }],
    [{ type: o, text: 'Example, Inc.' }],
    [{ type: ou, text: 'Apps' }],
    [{ type: cn, text: 'app' }],
  ]);
});

test('the examples of RFC 4514 §4 are read', () => {
  const read = (text: string) => parseDistinguishedName(text)?.map((set) => set.map(({ text }) => text));
  assert.deepEqual(read('UID=jsmith,DC=example,DC=net'), [['net'], ['example'], ['jsmith']]);
  assert.deepEqual(read('OU=Sales+CN=J.  Smith,DC=example,DC=net'), [['net'], ['example'], ['Sales', 'J.  Smith']]);
  assert.deepEqual(read('CN=James \\"Jim\\" Smith\\, III,DC=net'), [['net'], ['James "Jim" Smith, III']]);
  assert.deepEqual(read('CN=Before\\0dAfter'), [['Before\rAfter']]);
  assert.deepEqual(read('CN=Lu\\C4\\8Di\\C4\\87'), [['Lučić']]);
  assert.deepEqual(parseDistinguishedName('1.3.6.1.4.1.1466.0=#04024869'), [
    [{ type: '1.3.6.1.4.1.1466.0', der: '04024869' }],
  ]);
});

test('case, width, repeated spaces, spaces around separators and the names of types make no difference', () => {
  const app = name([c, 'JP'], [o, 'Example Inc'], [cn, 'Ａｐｐ']);
  for (const text of [
    'CN=app,O=Example Inc,C=JP',
    'cn = APP , o=example   inc, c=jp',
    'CN=app;O= Example Inc ;C=JP',
    '2.5.4.3=app,2.5.4.10=Example Inc,2.5.4.6=JP',
  ]) {
    assert.ok(matches(text, app), text);
  }
});

test('another order, another type, and a part or more of a name are other names', () => {
  const app = name([c, 'JP'], [o, 'Example'], [cn, 'app']);
  for (const text of [
    'C=JP,O=Example,CN=app',
    'CN=app,OU=Example,C=JP',
    'CN=app,O=Example',
    'CN=app,O=Example,C=JP,C=JP',
    'CN=app+O=Example,C=JP',
    'CN=app\\,O\\=Example,C=JP',
    'CN=appl,O=Example,C=JP',
  ]) {
    assert.equal(matches(text, app), false, text);
  }
});

test('the attributes of one relative name have no order', () => {
  const both = [
    [
      { type: ou, text: 'Sales' },
      { type: cn, text: 'app' },
    ],
  ];
  assert.ok(matches('CN=app+OU=Sales', both));
  assert.ok(matches('OU=Sales+CN=app', both));
  assert.equal(matches('CN=app+CN=app', both), false);
});

test('what is no name is none, and the name of nothing is nobody', () => {
  for (const text of [
    ...['', ' ', ',', 'app', 'CN', '=app', 'CN=app,', ',CN=app', 'CN=app,,C=JP', 'XYZ=app', 'CN="app"', 'CN=a\\'],
    ...['CN=a\\zz', 'CN=<a>', 'CN=\\ff', 'CN=#', 'CN=#0', 'CN=#zz', '__proto__=x', 'constructor=x', 'CN=a\0', '1=x'],
    `CN=${'a'.repeat(5000)}`,
  ]) {
    assert.equal(parseDistinguishedName(text), undefined, text);
  }
  assert.equal(sameDistinguishedName([], []), false);
});

const types = fc.constantFrom(cn, ou, o, c, '1.2.3.4');
const texts = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.isWellFormed());
const names = fc.array(
  fc.array(fc.record({ type: types, text: texts }, { noNullPrototype: true }), { minLength: 1, maxLength: 3 }),
  {
    minLength: 1,
    maxLength: 5,
  },
);

/** Writes a name as RFC 4514 §2 says: every character that means something is escaped. */
function write(given: DistinguishedName): string {
  const escaped = (text = '') =>
    text
      .replace(/["+,;<>\\=#]/g, '\\$&')
      .replaceAll('\0', '\\00')
      .replace(/^ | $/g, '\\ ');
  return [...given]
    .reverse()
    .map((set) => set.map(({ type, text }) => `${type}=${escaped(text)}`).join('+'))
    .join(',');
}

test('every name is found again in its text', () => {
  fc.assert(
    fc.property(names, (given) => {
      assert.deepEqual(parseDistinguishedName(write(given)), given);
      assert.ok(matches(write(given), given));
    }),
  );
});

test('a name with another attribute more is another name', () => {
  fc.assert(
    fc.property(names, types, texts, (given, type, text) => {
      assert.equal(matches(write([...given, [{ type, text }]]), given), false);
      assert.equal(matches(write([...given, [{ type, text }]].reverse()), given), false);
    }),
  );
});

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'CNO=,+;\\# "0af\0é') }), (text) => {
      const read = parseDistinguishedName(text);
      assert.ok(read === undefined || sameDistinguishedName(read, read));
    }),
  );
});
