// Owns the tests of the grammar of SCIM filters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseScimFilter, ScimSyntaxError } from './scim-filter.ts';

const compare = (attribute: string, operator: string, value: unknown) => ({
  type: 'compare',
  attribute,
  operator,
  value,
});

test('an attribute is compared with a value as JSON writes it, in any case of the operator', () => {
  assert.deepEqual(parseScimFilter('name eq "Ac\\"me"'), compare('name', 'eq', 'Ac"me'));
  assert.deepEqual(parseScimFilter('a.b CO "x y"'), compare('a.b', 'co', 'x y'));
  assert.deepEqual(parseScimFilter('n ge 7'), compare('n', 'ge', 7));
  assert.deepEqual(parseScimFilter('active eq true'), compare('active', 'eq', true));
  assert.deepEqual(parseScimFilter('title pr'), { type: 'present', attribute: 'title' });
});

test('and binds more tightly than or, and parentheses more tightly than both', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((attribute) => ({ type: 'present', attribute }));
  assert.deepEqual(parseScimFilter('a pr or b pr and c pr'), {
    type: 'or',
    clauses: [a, { type: 'and', clauses: [b, c] }],
  });
  assert.deepEqual(parseScimFilter('(a pr or b pr) and not (c pr)'), {
    type: 'and',
    clauses: [
      { type: 'or', clauses: [a, b] },
      { type: 'not', clause: c },
    ],
  });
});

test('what is no filter is refused', () => {
  const wrong = [
    '',
    'name',
    'name eq',
    'name eq x',
    'name is "x"',
    'name eq "x',
    '(a pr',
    'a pr)',
    'a pr b pr',
    '1 pr',
  ];
  for (const text of [...wrong, 'a eq {}', 'a[b pr]', 'not a pr', `${'('.repeat(21)}a pr${')'.repeat(21)}`]) {
    assert.throws(() => parseScimFilter(text), ScimSyntaxError, text);
  }
  assert.throws(() => parseScimFilter(`a eq "${'x'.repeat(5000)}"`), ScimSyntaxError);
});
