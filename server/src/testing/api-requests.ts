// Owns requests to the Management API for tests: right ones, nearly right ones, and such as somebody sends who means harm.
import fc from 'fast-check';
import { isJsonObject } from '#protocol/merge-patch';
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

/** What is known to be where: at `/roles` the ids of the roles, by what was answered there. */
export class KnownNames {
  readonly #names = new Map<string, Set<string>>();

  /** What an answer tells of the things at a path. */
  learn(path: string, answer: unknown): void {
    this.#learnAt(path, answer);
    // What is somebody's is somewhere by itself as well: /users/1/sessions, /sessions.
    const [, first, , last] = path.split('/');
    if (last !== undefined && last !== first) this.#learnAt(`/${last}`, answer);
  }

  #learnAt(path: string, answer: unknown): void {
    const known = this.#names.get(path) ?? new Set();
    this.#names.set(path, known);
    for (const thing of thingsIn(answer)) {
      const name = nameKeys.map((key) => Reflect.get(thing, key)).find((value) => typeof value === 'string');
      if (name) known.add(name);
    }
  }

  forget(name: string): void {
    for (const names of this.#names.values()) names.delete(name);
  }

  /** The first ones, and the latest, which are likeliest to be there still. */
  at(path: string): readonly string[] {
    const names = [...(this.#names.get(path) ?? [])];
    return names.length > 12 ? [...names.slice(0, 6), ...names.slice(-6)] : names;
  }

  /** Paths of an endpoint to what is known to be there. */
  paths({ path }: Pick<Endpoint, 'path'>): readonly string[] {
    return path
      .split('/')
      .slice(1)
      .reduce<readonly string[]>(
        (before, part) =>
          before.flatMap((start) =>
            part.startsWith('{')
              ? this.at(start).map((name) => `${start}/${encodeURIComponent(name)}`)
              : [`${start}/${part}`],
          ),
        [''],
      )
      .slice(-200);
  }
}

/** The members by which things are called in paths, the likeliest first. */
const nameKeys = [
  ...['custom_domain_id', 'themeId', 'token_id', 'kid', 'id', 'connection_id', 'user_id', 'client_id', 'key', 'name'],
];

function thingsIn(answer: unknown): readonly object[] {
  if (typeof answer !== 'object' || answer === null) return [];
  if (Array.isArray(answer)) return answer.filter((item) => typeof item === 'object' && item !== null);
  return [answer, ...Object.values(answer).filter(Array.isArray).flatMap(thingsIn)];
}

const rawSegments = fc.constantFrom(
  ...[
    '%',
    '%zz',
    '%00',
    'a%00b',
    '%ff%fe',
    '%ED%A0%80',
    '..%2f..%2fclients',
    '..;',
    '*',
    '%25ff',
    '%2500',
    'a%252Fb',
    "'",
    '%20',
    '%7C',
    ':id',
  ],
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

function segments(schema: Schema | undefined): fc.Arbitrary<string> {
  const right = schema ? [{ weight: 4, arbitrary: valuesOf(schema).map((value) => segmentOf(String(value))) }] : [];
  return fc.oneof(...right, rawSegments, hostileTexts.map(segmentOf));
}

/** The path of an endpoint, mostly of something that is there. */
function paths(endpoint: Endpoint, names: KnownNames): fc.Arbitrary<string> {
  const own = object(endpoint.params ?? {})['properties'] as Record<string, Schema>;
  const parts = endpoint.path.split('/').slice(1);
  if (parts.every((part) => !part.startsWith('{'))) return fc.constant(endpoint.path);
  const known = names.paths(endpoint);
  const strange = fc
    .tuple(...parts.map((part) => (part.startsWith('{') ? segments(own[part.slice(1, -1)]) : fc.constant(part))))
    .map((some) => `/${some.join('/')}`);
  if (known.length === 0) return strange;
  const halfKnown = fc.tuple(fc.constantFrom(...known), strange, fc.nat()).map(([right, wrong, at]) => {
    const wrongs = wrong.split('/');
    const places = parts.flatMap((part, index) => (part.startsWith('{') ? [index + 1] : []));
    const place = places[at % places.length];
    return right
      .split('/')
      .map((part, index) => (index === place ? wrongs[index] : part))
      .join('/');
  });
  return fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...known) }, { weight: 2, arbitrary: halfKnown }, strange);
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
  const { properties, required } = object({ ...pagingQuery, ...query }) as {
    properties: Record<string, Schema>;
    required: readonly string[];
  };
  const declared = Object.entries(properties).map(([name, schema]) => {
    const right = valuesOf(schema).map((value) => [name, String(value)] as const);
    const isSearch = name === 'q' || name === 'search' || name === 'sort';
    const wrong = (isSearch ? hostileSearches : hostileTexts).map((value) => [name, value] as const);
    return { name, right, any: fc.oneof(right, wrong) };
  });
  const must = fc.tuple(...declared.filter(({ name }) => required.includes(name)).map(({ right }) => right));
  const others = fc.array(
    fc.oneof({ weight: 3, arbitrary: fc.oneof(...declared.map(({ any }) => any)) }, strangeParameters),
    { maxLength: 3 },
  );
  const encode = (list: readonly (readonly [string, string])[]) =>
    new URLSearchParams(list.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()])).toString();
  const encoded = fc.tuple(must, others).map(([some, more]) => encode([...some, ...more]));
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
  return fc.oneof({ weight: 6, arbitrary: encoded }, { weight: 3, arbitrary: must.map(encode) }, raw);
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

/** A right body that is nobody's yet, where two may not have one name. */
function renewed(body: unknown, count: number): unknown {
  if (!isJsonObject(body)) return body;
  const renew: Readonly<Record<string, (value: unknown) => unknown>> = {
    name: (value) => `${value}${count}`,
    email: () => `${count}@example.com`,
    identifier: () => `https://${count}.example.com/`,
    domain: () => `d${count}.example.com`,
    priority: () => (count % 90) + 1,
  };
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, Object.hasOwn(renew, key) ? renew[key]?.(value) : value]),
  );
}

/** Right bodies with a member that the schema allows besides. */
function enriched(right: fc.Arbitrary<unknown>, allowed: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(right, allowed, fc.nat()).map(([body, more, at]) => {
    if (!isJsonObject(body) || !isJsonObject(more)) return body;
    const members = Object.entries(more);
    const added = members.length === 0 ? [] : [members[at % members.length] as [string, unknown]];
    return { ...body, ...Object.fromEntries(added) };
  });
}

/** JSON, mostly of what the endpoint's schema says. */
function bodies({ body }: Endpoint, right: readonly RightRequest[]): fc.Arbitrary<string | Buffer> {
  const schema = typeof body === 'object' ? body : {};
  const allowed = valuesOf(schema);
  const ours = right.map((request) => fc.nat(1_000_000).map((count) => renewed(request.body, count)));
  const whole =
    ours.length === 0 ? allowed : fc.oneof(allowed, fc.oneof(...ours), enriched(fc.oneof(...ours), allowed));
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

/** Those of the requests from which others to an endpoint can be made: what makes a thing can change it, member by member. */
export function rightFor(endpoint: Endpoint, requests: readonly RightRequest[]): readonly RightRequest[] {
  const { method, path } = endpoint;
  const own = requests.filter((request) => request.method === method && isAt(endpoint, request.path));
  if (method !== 'PATCH') return own;
  const parent = { path: path.replace(/\/[^/]+$/, '') };
  const makings = requests.filter((request) => request.method === 'POST' && isAt(parent, request.path));
  return [
    ...own,
    ...makings.flatMap((making) =>
      Object.entries(making.body as object).map(([key, value]) => ({ ...making, body: { [key]: value } })),
    ),
  ];
}

/** Requests to an endpoint. `right` are those that succeeded, for others to be made from. */
export function requestsTo(
  endpoint: Endpoint,
  names: KnownNames,
  right: readonly RightRequest[],
): fc.Arbitrary<ApiRequest> {
  const { method, body } = endpoint;
  const known = right.filter(({ path }) => isAt(endpoint, path)).map(({ path }) => fc.constant(path));
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
export function isAt({ path }: Pick<Endpoint, 'path'>, actual: string): boolean {
  const pattern = path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');
  return new RegExp(`^${pattern}$`).test(actual);
}
