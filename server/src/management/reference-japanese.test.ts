// Tests that the reference has the Japanese of everything that is told in it, and nothing that is told no more.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nouns } from '#i18n/api-reference-ja/nouns';
import { summaries } from '#i18n/api-reference-ja/summaries';
import { memberInJapanese, members, nounOf, summaryInJapanese } from '#i18n/api-reference-ja/translate';
import { fieldsQuery } from './fields.ts';
import { pagingQuery } from './paging.ts';
import { resources } from './resources.ts';

const endpoints = resources.flatMap((resource) => resource.endpoints);

/** Every description below a value. */
function descriptions(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { description } = value as { description?: unknown };
  return [
    ...(typeof description === 'string' && description !== '' ? [description] : []),
    ...Object.values(value).flatMap(descriptions),
  ];
}

const told = new Set(
  descriptions([pagingQuery, fieldsQuery, endpoints.map(({ params, query, body }) => ({ params, query, body }))]),
);
const toldSummaries = new Set(endpoints.map(({ summary }) => summary));

/** Names of formats and products are the same in both languages, so one sign is enough. */
const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

test('every summary has its Japanese', () => {
  const missing = [...toldSummaries].filter((summary) => !japanese.test(summaryInJapanese(summary) ?? ''));
  assert.deepEqual(missing, []);
});

test('everything told of a member or a parameter has its Japanese', () => {
  const missing = [...told].filter((description) => !japanese.test(memberInJapanese(description) ?? ''));
  assert.deepEqual(missing, []);
});

test('no Japanese is left over from what is told no more', () => {
  const used = new Set([...toldSummaries].filter((one) => !Object.hasOwn(summaries, one)).map(nounOf));
  assert.deepEqual(
    Object.keys(summaries).filter((summary) => !toldSummaries.has(summary)),
    [],
  );
  assert.deepEqual(
    Object.keys(nouns).filter((noun) => !used.has(noun)),
    [],
  );
  assert.deepEqual(
    Object.keys(members).filter((description) => !told.has(description)),
    [],
  );
});
