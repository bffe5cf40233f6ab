import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logId, logNumber } from './log-id.ts';

const noon = Date.UTC(2026, 10, 23, 12, 0, 0, 7);

test('an id is 56 digits that begin with 900 and the time', () => {
  assert.match(logId(noon, 1), /^90020261123120000007\d{36}$/);
});

test('ids sort as text in the order of time, and at the same time in that of their numbers', () => {
  const ids = [logId(noon, 9), logId(noon, 10), logId(noon + 1, 8), logId(noon + 86_400_000, 1)];
  assert.deepEqual([...ids].reverse().sort(), ids);
});

test('the number of an id is what it was made of', () => {
  for (const seq of [1, 4_294_967_297, Number.MAX_SAFE_INTEGER]) assert.equal(logNumber(logId(noon, seq)), seq);
});

test('what is no id has no number', () => {
  for (const text of ['', 'lst_1', logId(noon, 1).slice(1), `901${logId(noon, 1).slice(3)}`, `900${'9'.repeat(53)}`])
    assert.equal(logNumber(text), undefined);
});
