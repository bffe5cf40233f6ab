// Tests the gathering of parameters: each at most once, and nothing that no parameter may hold.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusalOf } from '../testing/refusal.ts';
import { gatherParameters, requireParameter } from './parameters.ts';

test('a parameter without a value counts as absent', () => {
  const parameters = gatherParameters([
    ['state', ''],
    ['scope', 'openid'],
  ]);
  assert.equal(parameters.has('state'), false);
  assert.equal(parameters.get('scope'), 'openid');
  refusalOf('invalid_request', () => requireParameter(parameters, 'state'));
  assert.equal(requireParameter(parameters, 'scope'), 'openid');
});

test('R12: a repeated parameter is refused, whatever its values', () => {
  for (const [first, second] of [
    ['a', 'b'],
    ['a', 'a'],
    ['', 'a'],
    ['a', ''],
    ['', ''],
  ] as const) {
    refusalOf('invalid_request', () =>
      gatherParameters([
        ['redirect_uri', first],
        ['redirect_uri', second],
      ]),
    );
  }
});

test('I06: names of the language are names like any other', () => {
  const parameters = gatherParameters([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
  assert.equal(parameters.get('__proto__'), 'x');
  assert.equal(parameters.get('toString'), undefined);
});

test('D14: a NUL, which a database cannot store, is refused', () => {
  refusalOf('invalid_request', () => gatherParameters([['client_id', 'a\0']]));
});

test('the sentence of a refusal repeats no more than a part of a long name', () => {
  const name = 'x'.repeat(10_000);
  const { description } = refusalOf('invalid_request', () =>
    gatherParameters([
      [name, ''],
      [name, ''],
    ]),
  );
  assert.ok(description.length < 200);
});
