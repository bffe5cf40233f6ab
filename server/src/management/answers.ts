// Owns what is told of answers in the OpenAPI document: derived from what a thing is made of, and from how a list is paged.
import type { Endpoint } from './resource.ts';
import { list, type Schema } from './schema.ts';

/** What an endpoint answers with, or what stands in its list; things of one name are described once. */
export interface AnswerShape {
  /** In the reference's words: `client grant`. */
  readonly noun: string;
  readonly schema: Schema;
}

/** What limits a value that is sent; what is answered was judged already, and may have more members. */
const limits = /^(required|pattern|uniqueItems|(min|max)(Length|imum|Items|Properties))$/;

function loosened(schema: Schema): Schema {
  const entries = Object.entries(schema).flatMap(([keyword, value]) => {
    if (limits.test(keyword) || (keyword === 'additionalProperties' && value === false)) return [];
    if (keyword === 'properties') return [[keyword, loosenedMembers(value as Record<string, Schema>)] as const];
    if (keyword === 'anyOf') return [[keyword, (value as Schema[]).map(loosened)] as const];
    const isSchema = keyword === 'items' || keyword === 'additionalProperties';
    return [[keyword, isSchema && typeof value === 'object' ? loosened(value as Schema) : value] as const];
  });
  return Object.fromEntries(entries);
}

function loosenedMembers(members: Readonly<Record<string, Schema>>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, loosened(member)]));
}

/** An answer that shows what may be sent, every member optional, and the id. */
export function answerOf(noun: string, sent: readonly (Schema | undefined)[], idName?: string): AnswerShape {
  const members = sent.map((schema) => (schema?.['properties'] ?? {}) as Record<string, Schema>);
  // A change counts before what made it: what may be taken away by null may be told as null.
  const all: Record<string, Schema> = Object.assign({}, ...members);
  const id = idName === undefined ? {} : { [idName]: { type: 'string' } };
  return { noun, schema: { type: 'object', properties: { ...id, ...loosenedMembers(all) } } };
}

/** `client grant` is `ClientGrant` in the document. */
export function componentName(noun: string): string {
  const words = noun.replaceAll(/'/g, '').split(/[^A-Za-z0-9]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function itemSchema({ answer }: Endpoint): Schema {
  return answer === undefined ? {} : { $ref: `#/components/schemas/${componentName(answer.noun)}` };
}

const wrapped = (key: string, items: Schema, rest: Readonly<Record<string, Schema>>): Schema => ({
  type: 'object',
  required: [key],
  properties: { [key]: list(items), ...rest },
});

/** The forms of a list, by how it may be asked for: the bare list, with totals, by checkpoint. */
function listForms(endpoint: Endpoint): Schema[] {
  const { key = '', ways, totals = 'asked', envelope, withLength, bareCheckpoint } = endpoint.paging ?? {};
  const items = itemSchema(endpoint);
  const count = { type: 'integer' };
  const told = { start: count, limit: count, total: count, ...(withLength ? { length: count } : {}) };
  const byOffset = ways !== 'checkpoint';
  const byCheckpoint = ways !== 'offset' && ways !== 'none';
  const forms = [
    (byOffset ? totals !== 'always' : bareCheckpoint) && list(items),
    // An envelope of an endpoint's own may hold the list under another name.
    byOffset && totals !== 'never' && (envelope ? { type: 'object' } : wrapped(key, items, told)),
    byCheckpoint && !bareCheckpoint && wrapped(key, items, { next: { type: 'string' } }),
  ];
  return forms.filter((form) => form !== false && form !== undefined);
}

/** What an endpoint answers with when all is well; any JSON where its declaration doesn't tell. */
export function answerSchema(endpoint: Endpoint): Schema {
  if (endpoint.paging === undefined) return itemSchema(endpoint);
  const forms = listForms(endpoint);
  return forms.length === 1 ? (forms[0] as Schema) : { anyOf: forms };
}
