// Owns values for tests by JSON Schema: such as the schema allows, and such as somebody sends who means harm.
import fc from 'fast-check';
import type { Schema } from '../management/schema.ts';

type Values = fc.Arbitrary<unknown>;

interface Keywords {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly minProperties?: number;
}

/** Of the formats that aren't told by a pattern. */
const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
  email: fc.emailAddress(),
  hostname: fc.domain(),
  uri: fc.webUrl(),
  'date-time': fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString()),
};

/** Texts that mean something to somebody. */
const words = fc.constantFrom(
  'a',
  'Ann',
  'x-1',
  'ann@example.com',
  'https://app.example.com/cb',
  'en',
  '日本語',
  '😀',
  '-',
);

function matching(pattern: string): fc.Arbitrary<string> {
  const expression = new RegExp(pattern, 'u');
  // Looking ahead is beyond the generator: what remains is tried until it fits.
  const reachable = new RegExp(pattern.replaceAll(/\(\?!(?:[^()]|\([^()]*\))*\)/g, ''), 'u');
  return fc.stringMatching(reachable).filter((text) => expression.test(text));
}

function textsOf({ format, pattern, minLength = 0, maxLength = 40 }: Keywords): fc.Arbitrary<string> {
  const fits = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (pattern !== undefined) return matching(pattern).filter(fits);
  const known = format === undefined ? undefined : formats[format];
  if (known) return known;
  const most = Math.min(maxLength, Math.max(minLength, 40));
  const plain = fc.string({ minLength, maxLength: most, unit: 'grapheme-ascii' });
  return fc.oneof(plain, fc.string({ minLength, maxLength: most, unit: 'binary' }), words.filter(fits));
}

function objectsOf({
  properties = {},
  required = [],
  additionalProperties: others,
  minProperties = 0,
}: Keywords): Values {
  const named = fc.record(
    Object.fromEntries(Object.entries(properties).map(([key, member]) => [key, valuesOf(member)])),
    { requiredKeys: [...required] },
  );
  if (others === false) return named;
  const member = typeof others === 'object' ? valuesOf(others) : fc.jsonValue({ maxDepth: 2 });
  const rest = fc.dictionary(fc.oneof(fc.string({ minLength: 1, maxLength: 12 }), words), member, {
    minKeys: minProperties,
    maxKeys: minProperties + 2,
  });
  return fc.tuple(rest, named).map(([some, own]) => ({ ...some, ...own }));
}

function ofType(type: string | undefined, rules: Keywords): Values {
  switch (type) {
    case 'string':
      return textsOf(rules);
    case 'integer':
      return fc.integer({ min: rules.minimum ?? -1000, max: rules.maximum ?? 1_000_000 });
    case 'number':
      return fc.double({ min: rules.minimum ?? -1000, max: rules.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array': {
      const { items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY, uniqueItems } = rules;
      const size = { minLength: minItems, maxLength: Math.min(maxItems, minItems + 2) };
      const selector = (item: unknown) => JSON.stringify(item);
      return uniqueItems ? fc.uniqueArray(valuesOf(items), { ...size, selector }) : fc.array(valuesOf(items), size);
    }
    case 'object':
      return objectsOf(rules);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

const known = new WeakMap<Schema, Values>();

/** Values that a schema allows. */
export function valuesOf(schema: Schema): Values {
  const before = known.get(schema);
  if (before) return before;
  const rules = schema as Keywords;
  const { enum: values, anyOf, type } = rules;
  const made = values
    ? fc.constantFrom(...values)
    : anyOf
      ? fc.oneof(...anyOf.map(valuesOf))
      : fc.oneof(...[type].flat().map((name) => ofType(name, rules)));
  known.set(schema, made);
  return made;
}

const polluting = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
const nested = (depth: number): unknown => JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`);

/** Texts that break what reads them carelessly. */
export const hostileTexts = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '\0', 'a\0b', '\ud800', 'a\udfff', '\u202e', '\r\nSet-Cookie: a=b', '__proto__', 'constructor'],
    ...[
      'toString',
      "' OR 1=1--",
      '"; DROP TABLE users;--',
      '%00',
      '%',
      '../../etc/passwd',
      '..%2f..%2f',
      '/',
      '*',
      '$',
    ],
    ...['<script>alert(1)</script>', '{{ user.app_metadata }}', '{% include "x" %}', '=1+1', '-1', '0', '1e9', 'NaN'],
    ...[
      'null',
      'undefined',
      '[object Object]',
      '9'.repeat(400),
      'x'.repeat(3000),
      '[]',
      'https://',
      'javascript:alert(1)',
    ],
    ...['http://[::1', 'http://127.0.0.1:1/', 'auth0|', '|', ',', ':', 'a:b:c', '9999-99-99', '+1', '@', 'a@b', '😀'],
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ maxLength: 60 }),
);

/** Queries in Lucene's syntax, and what looks like one. */
export const hostileSearches = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...['email', 'user_id', 'name', 'user_metadata.a', 'app_metadata.b.c', 'identities.connection', 'created_at'],
        ...['logins_count', 'type', 'date', 'client_id', '_exists_', '__proto__', 'constructor', 'blocked', 'password'],
        ...[
          ':',
          ':',
          ':',
          ' AND ',
          ' OR ',
          ' NOT ',
          '(',
          ')',
          '[',
          ']',
          '{',
          '}',
          ' TO ',
          '"',
          '\\',
          '*',
          '?',
          '~',
          '^2',
        ],
        ...[
          '/',
          '/(a+)+$/',
          '+',
          '-',
          '!',
          '&&',
          '||',
          '>=',
          '<',
          '\0',
          '\ud800',
          "'",
          '%',
          '_',
          '*a*',
          '2026-01-01',
          '0',
        ],
        ...['[* TO *]', '[1 TO 1e999]', '{a TO b]', 'true', '"a b"', '(((((((((('],
      ),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** Values of any type that break what reads them carelessly. */
export const hostileValues: Values = fc.oneof(
  { weight: 4, arbitrary: hostileTexts },
  fc.constantFrom<unknown>(
    ...[null, true, 0, -1, 0.5, 1e308, -1e308, 2 ** 53, -(2 ** 63), [], {}, [null], [[]], polluting, nested(40)],
    ...[
      { $ne: null },
      { length: -1 },
      { toJSON: 1 },
      { '': '' },
      { 'a.b': 1 },
      { '\0': 1 },
      { '\ud800': '\udfff' },
      [''],
    ],
    ...[Array.from({ length: 300 }, (_, index) => index), 'x'.repeat(50_000)],
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

type Path = readonly (string | number)[];

function pathsWithin(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at];
  const keys = Array.isArray(value) ? value.map((_, index) => index) : Object.keys(value);
  return [at, ...keys.flatMap((key) => pathsWithin(Reflect.get(value, key), [...at, key]))];
}

/** A copy in which what is at a path is another value, or gone where that is undefined. */
function withValueAt(value: unknown, [key, ...rest]: Path, other: unknown): unknown {
  if (key === undefined) return other;
  const entries = Object.entries(value as object).flatMap(([name, child]): [string, unknown][] => {
    if (name !== String(key)) return [[name, child]];
    const changed = withValueAt(child, rest, other);
    return changed === undefined ? [] : [[name, changed]];
  });
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

/** Values of which one thing is not as it should be. */
export function spoiled(values: Values): Values {
  const place = fc.nat();
  const kind = fc.constantFrom('replaced', 'replaced', 'gone', 'added');
  return fc.tuple(values, place, kind, hostileValues, hostileTexts).map(([value, at, how, hostile, name]) => {
    const paths = pathsWithin(value);
    const path = paths[at % paths.length] ?? [];
    if (how === 'replaced') return withValueAt(value, path, hostile);
    if (how === 'gone') return withValueAt(value, path, path.length === 0 ? null : undefined);
    const target = path.reduce<unknown>((within, key) => Reflect.get(within as object, key), value);
    if (typeof target !== 'object' || target === null) return withValueAt(value, path, hostile);
    const added = Array.isArray(target)
      ? [...target, hostile]
      : Object.fromEntries([...Object.entries(target), [name, hostile]]);
    return withValueAt(value, path, added);
  });
}
