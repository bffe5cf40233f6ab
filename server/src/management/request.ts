// Owns the reading of requests: query, path and body, as the endpoint's schemas say.
import type { FastifyRequest } from 'fastify';
import type { FormBody } from '#http/form';
import { ApiError, invalidBody, invalidQuery } from '#protocol/api-error';
import { fieldsQuery } from './fields.ts';
import { pagingQuery } from './paging.ts';
import type { Endpoint } from './resource.ts';
import { object, type Schema, text } from './schema.ts';
import { validate } from './validation.ts';

const mostParameters = 200;
const deepest = 64;

function membersOf(schema: Schema): Readonly<Record<string, Schema>> {
  return schema['properties'] as Record<string, Schema>;
}

/** A text of a query as the type that the schema says; left as it is, to be refused, where it is none. */
function convert(value: string, { type }: Schema): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** A list comes as a parameter several times, or once with commas; everything else comes once. */
function readParameter(name: string, values: readonly string[], schema: Schema | undefined): unknown {
  if (schema?.['type'] === 'array') {
    const items = values.flatMap((value) => value.split(',')).filter((value) => value !== '');
    return items.map((item) => convert(item, schema['items'] as Schema));
  }
  if (values.length > 1)
    throw invalidQuery(`Query validation error: 'The parameter is sent more than once' on property ${name}.`);
  return convert(values[0] as string, schema ?? {});
}

/** What the SDKs send along to every list, heeded or not. */
const universal = object({ ...pagingQuery, ...fieldsQuery });
const querySchemas = new WeakMap<Endpoint, Schema>();

function querySchemaOf(endpoint: Endpoint): Schema {
  const known = querySchemas.get(endpoint);
  if (known) return known;
  const own = membersOf(object(endpoint.query ?? {}));
  const made = { ...object(endpoint.query ?? {}), properties: { ...membersOf(universal), ...own } };
  querySchemas.set(endpoint, made);
  return made;
}

/** Throws invalid_query_string. An empty parameter is one that wasn't sent. */
export function readQuery(endpoint: Endpoint, url: string): Record<string, unknown> {
  const mark = url.indexOf('?');
  const search = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  if (search.size > mostParameters) throw invalidQuery(`More than ${mostParameters} parameters are sent.`);
  const schema = querySchemaOf(endpoint);
  const members = membersOf(schema);
  const query: Record<string, unknown> = Object.create(null);
  for (const sent of new Set(search.keys())) {
    const name = sent.replace(/\[\]$/, '');
    const values = search.getAll(sent).filter((value) => value !== '');
    // No database's text can hold it.
    if (values.some((value) => value.includes('\0'))) throw invalidQuery('The query holds the character U+0000.');
    if (values.length > 0)
      query[name] = readParameter(name, values, Object.hasOwn(members, name) ? members[name] : undefined);
  }
  validate('Query', schema, query);
  return query;
}

const paramSchemas = new WeakMap<Endpoint, Schema>();

function paramSchemaOf(endpoint: Endpoint): Schema {
  const known = paramSchemas.get(endpoint);
  if (known) return known;
  const names = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const anyText = Object.fromEntries(names.map((name) => [name, text({ pattern: '^[^\\u0000]*$' })]));
  const made = object({ ...anyText, ...endpoint.params });
  paramSchemas.set(endpoint, made);
  return made;
}

/** Throws invalid_uri. */
export function readParams(endpoint: Endpoint, params: unknown): Record<string, string> {
  validate('Path', paramSchemaOf(endpoint), params);
  return params as Record<string, string>;
}

/** Where the text that begins at a quotation mark ends; the end of all where it doesn't. */
function endOfText(json: string, begin: number): number {
  let at = begin + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at;
}

const levels: ReadonlyMap<string | undefined, number> = new Map([
  ['{', 1],
  ['[', 1],
  ['}', -1],
  [']', -1],
]);

/** Refuses what would exhaust the stack of whoever walks it. In one pass, where an expression would begin at every mark. */
function checkDepth(json: string): void {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    if (json[at] === '"') at = endOfText(json, at);
    else depth += levels.get(json[at]) ?? 0;
    if (depth > deepest) throw invalidBody(`The body is nested more than ${deepest} levels deep.`);
  }
}

function parse(json: string): unknown {
  checkDepth(json);
  // No database's text can hold it.
  if (/(?:^|[^\\])(?:\\\\)*\\u0000/.test(json)) throw invalidBody('The body holds the character U+0000.');
  try {
    return JSON.parse(json);
  } catch {
    throw invalidBody('The body is not valid JSON.');
  }
}

/** Throws invalid_body. Nothing, and null, stand for an empty object. */
export function readBody({ body: schema }: Endpoint, { body }: Pick<FastifyRequest, 'body'>): unknown {
  if (schema === undefined || schema === 'stream') return undefined;
  const { type, text: json } = (body ?? { type: 'json', text: '' }) as FormBody;
  if (type !== 'json') throw new ApiError(415, 'Send the body as application/json.');
  const value = (json === '' ? undefined : parse(json)) ?? {};
  validate('Payload', schema, value);
  return value;
}
