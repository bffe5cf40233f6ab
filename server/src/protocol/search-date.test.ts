// Tests dates in searches: each stands for all the time that it names, and what is no date is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readSearchDate } from './search-date.ts';

const shown = (text: string) => {
  const span = readSearchDate(text);
  return span && [new Date(span.start).toISOString(), new Date(span.end).toISOString()];
};

test('a date names a year, a month, a day, or less', () => {
  assert.deepEqual(shown('2017'), ['2017-01-01T00:00:00.000Z', '2018-01-01T00:00:00.000Z']);
  assert.deepEqual(shown('2017-12'), ['2017-12-01T00:00:00.000Z', '2018-01-01T00:00:00.000Z']);
  assert.deepEqual(shown('2016-02-29'), ['2016-02-29T00:00:00.000Z', '2016-03-01T00:00:00.000Z']);
  assert.deepEqual(shown('2017-12-31T23'), ['2017-12-31T23:00:00.000Z', '2018-01-01T00:00:00.000Z']);
  assert.deepEqual(shown('2017-12-31T10:15'), ['2017-12-31T10:15:00.000Z', '2017-12-31T10:16:00.000Z']);
  assert.deepEqual(shown('2017-12-31T10:15:30Z'), ['2017-12-31T10:15:30.000Z', '2017-12-31T10:15:31.000Z']);
  assert.deepEqual(shown('2017-12-31T10:15:30.25Z'), ['2017-12-31T10:15:30.250Z', '2017-12-31T10:15:30.251Z']);
});

test('a zone moves it', () => {
  assert.deepEqual(shown('2017-12-31T10+09:00'), ['2017-12-31T01:00:00.000Z', '2017-12-31T02:00:00.000Z']);
  assert.deepEqual(shown('2017-12-31T10:00-05'), ['2017-12-31T15:00:00.000Z', '2017-12-31T15:01:00.000Z']);
});

test('epoch milliseconds are a moment', () => {
  assert.deepEqual(readSearchDate('1700000000000'), { start: 1_700_000_000_000, end: 1_700_000_000_001 });
});

test('what the calendar does not have is no date', () => {
  for (const text of ['', 'today', '17', '2017-13', '2017-02-29', '2017-12-32', '2017-12-31T24', '2017-1-1', '2017Z']) {
    assert.equal(readSearchDate(text), undefined, text);
  }
});

test('the text of a moment is that moment', () => {
  const latest = Date.UTC(9999, 11, 31);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: latest }), (at) => {
      assert.deepEqual(readSearchDate(new Date(at).toISOString()), { start: at, end: at + 1 });
    }),
  );
});
