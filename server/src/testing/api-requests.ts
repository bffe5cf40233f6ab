// Owns requests to the Management API for tests: right ones, nearly right ones, and such as somebody sends who means harm.
import fc from 'fast-check';
import { pagingQuery } from '../management/paging.ts';
import type { Endpoint } from '../management/resource.ts';
import { object, type Schema } from '../management/schema.ts';
import { hostileSearches, hostileTexts, hostileValues, spoiled, valuesOf } from './schema-values.ts';
import type { RightRequest } from './settlement.ts';

/** As it goes over the wire. */
export interface ApiRequest {
  readonly method: string;
  readonly url: string;
  readonly payload?: string | Buffer | undefined;
  readonly type?: string | undefined;
}

/** Where the things are whose names stand in paths: `/roles/{id}` by ids that were told at `/roles`. */
export class KnownNames {
  readonly #names = new Map<string, Set<string>>();

  /** What an answer tells of the things at a path, whose parameters may be filled in. */
  learn(path: string, answer: unknown): void {
    const place = placeOf(path);
    const known = this.#names.get(place) ?? new Set();
    this.#names.set(place, known);
    for (const thing of thingsIn(answer)) {
      for (const [key, value] of Object.entries(thing)) {
        if (typeof value === 'string' && /^(?:id|kid|name|key|\w+_id|themeId|identifier)$/.test(key)) known.add(value);
      }
    }
  }

  forget(name: string): void {
    for (const names of this.#names.values()) names.delete(name);
  }

  /** The latest ones, which are likeliest to be there still, and the first ones. */
  at(place: string): readonly string[] {
    const names = [...(this.#names.get(place) ?? [])];
    return names.length > 24 ? [...names.slice(0, 12), ...names.slice(-12)] : names;
  }
}

/** A path without what is peculiar to one thing: every other segment after the first that is an id is a star. */
function placeOf(path: string): string {
  return path.replaceAll(/\/(?:\{\w+\}|[^/]*(?:_|%7C)[\w%]{10,}|\w{20,})(?=\/|$)/g, '/*');
}

function thingsIn(answer: unknown): readonly object[] {
  if (typeof answer !== 'object' || answer === null) return [];
  if (Array.isArray(answer)) return answer.filter((item) => typeof item === 'object' && item !== null);
  return [answer, ...Object.values(answer).filter(Array.isArray).flatMap(thingsIn)];
}

const rawSegments = fc.constantFrom(
  ...['%', '%zz', '%00', 'a%00b', '%ff%fe', '%ED%A0%80', '..%2f..%2fclients', '..;', '*', "'", '%20', '%7C', ':id'],
  ...[
    'auth0%7C',
    'a%2Fb',
    '__proto__',
    'constructor',
    '%F0%9F%98%80',
    'x'.repeat(1900),
    'x'.repeat(2100),
    '%0d%0a',
    '-1',
    '0',
  ],
);

const segmentOf = (text: string) => encodeURIComponent(text.toWellFormed());

function segments(names: readonly string[], schema: Schema | undefined): fc.Arbitrary<string> {
  const known = names.length > 0 ? [{ weight: 8, arbitrary: fc.constantFrom(...names).map(segmentOf) }] : [];
  const right = schema ? [{ weight: 4, arbitrary: valuesOf(schema).map((value) => segmentOf(String(value))) }] : [];
  return fc.oneof(...known, ...right, rawSegments, hostileTexts.map(segmentOf));
}

/** The path of an endpoint with something in the place of each parameter. */
function paths({ path, params = {} }: Endpoint, names: KnownNames): fc.Arbitrary<string> {
  const own = object(params)['properties'] as Record<string, Schema>;
  const parts = path.split('/').slice(1);
  const chosen = parts.map((part, index) => {
    if (!part.startsWith('{')) return fc.constant(part);
    const place = placeOf(`/${parts.slice(0, index).join('/')}`);
    return segments(names.at(place), own[part.slice(1, -1)]);
  });
  return fc.tuple(...chosen).map((some) => `/${some.join('/')}`);
}

const strangeParameters = fc.tuple(
  fc.oneof(
    fc.constantFrom(
      ...['page', 'per_page', 'take', 'from', 'include_totals', 'fields', 'include_fields', 'q', 'sort', 'search'],
      ...['__proto__', 'constructor', 'toString', 'a[b][c]', 'q[]', 'x', ''],
    ),
    hostileTexts,
  ),
  fc.oneof(
    hostileTexts,
    fc.constantFrom(
      '0',
      '-1',
      '1',
      '99999999999999999999',
      '1e3',
      '2.5',
      'true',
      'a,b,,__proto__',
      'WzEsIngiXQ',
      'W10',
    ),
    fc.jsonValue({ maxDepth: 1 }).map((value) => Buffer.from(JSON.stringify([value, value])).toString('base64url')),
  ),
);

/** Raw text after the question mark, most of it in order. */
function queries({ query = {} }: Endpoint): fc.Arbitrary<string> {
  const members = Object.entries(object({ ...pagingQuery, ...query })['properties'] as Record<string, Schema>);
  const declared = members.map(([name, schema]) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        valuesOf(schema).map((value) => String(value)),
        name === 'q' || name === 'search' || name === 'sort' ? hostileSearches : hostileTexts,
      ),
    ),
  );
  const pairs = fc.array(fc.oneof({ weight: 3, arbitrary: fc.oneof(...declared) }, strangeParameters), {
    maxLength: 4,
  });
  const encoded = pairs.map((list) =>
    new URLSearchParams(list.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])).toString(),
  );
  const raw = fc.constantFrom(
    '%',
    '%zz=%zz',
    'q=%ff',
    '&&&===',
    'a=%00',
    'page=1&page=2',
    'q=a&q=b',
    '?',
    'q=%ED%A0%80',
  );
  return fc.oneof({ weight: 6, arbitrary: encoded }, raw, fc.constant(''), fc.constant(''));
}

const json = (value: unknown) => JSON.stringify(value) ?? 'undefined';

const strangeTexts = fc.constantFrom(
  ...[
    '',
    '{',
    '[',
    '"',
    'null',
    'nul',
    '[]',
    '1',
    '{"a":1,"a":2}',
    '{"__proto__":1}',
    '{"a":"\\u0000"}',
    '{"a":"\\ud800"}',
  ],
  ...['{'.repeat(200), `${'{"a":'.repeat(80)}1${'}'.repeat(80)}`, '\u{FEFF}{}', '{"a":1e999}', '{"\\u0000":1}', '{}{}'],
);

/** JSON, mostly of what the endpoint's schema says. */
function bodies({ body }: Endpoint, right: readonly RightRequest[]): fc.Arbitrary<string | Buffer> {
  const schema = typeof body === 'object' ? body : {};
  const ours = right.map((request) => fc.constant(request.body));
  const whole = fc.oneof(valuesOf(schema), ...ours);
  return fc.oneof(
    { weight: 6, arbitrary: whole.map(json) },
    { weight: 8, arbitrary: spoiled(whole).map(json) },
    { weight: 1, arbitrary: hostileValues.map(json) },
    { weight: 1, arbitrary: strangeTexts },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)) },
  );
}

const types = fc.oneof(
  { weight: 12, arbitrary: fc.constant<string | undefined>('application/json') },
  fc.constantFrom(
    ...['application/json; charset=utf-16', 'text/plain', 'application/x-www-form-urlencoded', undefined, '', 'x'],
    ...['multipart/form-data', 'multipart/form-data; boundary=x', 'application/xml', 'application/merge-patch+json'],
  ),
);

/** Requests to an endpoint. `right` are those that succeeded at the same endpoint, for others to be made from. */
export function requestsTo(
  endpoint: Endpoint,
  names: KnownNames,
  right: readonly RightRequest[],
): fc.Arbitrary<ApiRequest> {
  const { method, body } = endpoint;
  const known = right.map((request) => fc.constant(request.path));
  const where = fc.oneof({ weight: 2, arbitrary: paths(endpoint, names) }, ...known);
  const url = fc.tuple(where, queries(endpoint)).map(([path, query]) => (query === '' ? path : `${path}?${query}`));
  // A wrong query hides what is wrong with a body.
  const place = method === 'GET' ? url : fc.oneof({ weight: 6, arbitrary: where }, url);
  if (body === undefined) return place.map((at) => ({ method, url: at }));
  return fc
    .tuple(place, bodies(endpoint, right), types)
    .map(([at, payload, type]) => ({ method, url: at, payload, type }));
}

/** Whether a path is one of the endpoint's. */
export function isAt({ path }: Endpoint, actual: string): boolean {
  const pattern = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(actual);
}
