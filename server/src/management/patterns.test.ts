// Tests D08: no pattern or format in a schema takes longer than a text is long, whatever the text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { valuesOf } from '../testing/schema-values.ts';
import { resources } from './resources.ts';
import { object, type Schema } from './schema.ts';
import { validate } from './validation.ts';

/** Every schema of texts with a form, by what tells them apart. */
function textSchemas(): ReadonlyMap<string, Schema> {
  const found = new Map<string, Schema>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { type, pattern, format } = value as Readonly<Record<string, unknown>>;
    const isForm = typeof pattern === 'string' || typeof format === 'string';
    if (isForm && [type].flat().includes('string')) {
      // Without the limit of its length, which is judged first and would hide what the pattern does.
      found.set(`${pattern} ${format}`, {
        type: 'string',
        ...(pattern ? { pattern } : {}),
        ...(format ? { format } : {}),
      });
    }
    Object.values(value).forEach(visit);
  };
  for (const { body, query = {}, params = {} } of resources.flatMap(({ endpoints }) => endpoints)) {
    visit(body);
    visit(object({ ...query, ...params }));
  }
  return found;
}

const length = 30_000;

/** Texts that fit as far as they go, for very long, and then don't. */
function attacksOn(schema: Schema): readonly string[] {
  const fitting = fc.sample(valuesOf(schema), { seed: 1, numRuns: 12 }).map(String);
  const bases = [
    ...fitting,
    'a',
    '0',
    '-',
    '.',
    'a.',
    'a-',
    'a,',
    'name,',
    '@',
    'a@',
    '/',
    '%41',
    ':',
    ' ',
    '#',
    'aA0-',
  ];
  return bases.flatMap((base) =>
    [base, base.slice(0, 1), base.slice(-1), base.slice(0, Math.ceil(base.length / 2))]
      .filter((part) => part !== '')
      .flatMap((part) => {
        const long = part.repeat(Math.ceil(length / part.length)).slice(0, length);
        return [long, `${long}\n`, `${long}!`, `${base}${long}\0`, `https://${long}<`, `a@${long}!`];
      }),
  );
}

const schemas = textSchemas();

test('there are patterns to look at', () => {
  assert.ok(schemas.size > 30, `${schemas.size}`);
});

// A pattern that tries every way to part a text would not end before the sun does; the others need milliseconds.
for (const [name, schema] of schemas) {
  test(`${name} is judged in one go`, () => {
    for (const attack of attacksOn(schema)) {
      try {
        validate('Payload', schema, attack);
      } catch (error) {
        assert.equal((error as Error).name, 'ApiError');
      }
    }
  });
}
