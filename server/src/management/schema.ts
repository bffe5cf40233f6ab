// Owns how the shapes of requests are written down: JSON Schema, built by functions that know the type they stand for.

declare const type: unique symbol;

/** A JSON Schema (2020-12, which is OpenAPI 3.1's) of values of type T. */
export interface Schema<T = unknown> {
  readonly [type]?: T;
  readonly [keyword: string]: unknown;
}

/** A member that may be missing. */
interface Optional<S extends Schema> {
  readonly optional: S;
}

type Member = Schema | Optional<Schema>;
type Members = Readonly<Record<string, Member>>;

export type TypeOf<S> = S extends Schema<infer T> ? T : never;
type OptionalKeys<M extends Members> = { [K in keyof M]: M[K] extends Optional<Schema> ? K : never }[keyof M];
export type ObjectOf<M extends Members> = {
  readonly [K in Exclude<keyof M, OptionalKeys<M>>]: TypeOf<M[K]>;
} & {
  readonly [K in OptionalKeys<M>]?: M[K] extends Optional<infer S> ? TypeOf<S> : never;
};

interface Described {
  /** English; it stands in the reference, and in the refusal of a wrong value. */
  readonly description?: string;
}

interface TextRules extends Described {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** One of `formats.ts`, or an id's. */
  readonly format?: string;
}

export function text(rules: TextRules = {}): Schema<string> {
  return { type: 'string', ...rules };
}

export function oneOf<const V extends string>(values: readonly V[], rules: Described = {}): Schema<V> {
  return { type: 'string', enum: values, ...rules };
}

interface NumberRules extends Described {
  readonly minimum?: number;
  readonly maximum?: number;
}

export function integer(rules: NumberRules = {}): Schema<number> {
  return { type: 'integer', ...rules };
}

export function number(rules: NumberRules = {}): Schema<number> {
  return { type: 'number', ...rules };
}

export function flag(rules: Described = {}): Schema<boolean> {
  return { type: 'boolean', ...rules };
}

interface ListRules extends Described {
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
}

export function list<S extends Schema>(items: S, rules: ListRules = {}): Schema<readonly TypeOf<S>[]> {
  return { type: 'array', items, ...rules };
}

/** What a PATCH takes away by sending null, or what is null where there is nothing. */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
  const { type: name, enum: values, ...rules } = schema as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...rules, type: [name, 'null'], ...(Array.isArray(values) ? { enum: [...values, null] } : {}) };
}

export function anyOf<const S extends readonly Schema[]>(...schemas: S): Schema<TypeOf<S[number]>> {
  return { anyOf: schemas };
}

export function optional<S extends Schema>(schema: S): Optional<S> {
  return { optional: schema };
}

function isOptional(member: Member): member is Optional<Schema> {
  return 'optional' in member;
}

interface ObjectRules extends Described {
  /** Whether members that aren't listed are let through; they are stored as they are. */
  readonly open?: boolean;
  readonly minProperties?: number;
}

/** An object of these members; every one must be there but the optional ones. */
export function object<M extends Members>(
  members: M,
  { open = false, ...rules }: ObjectRules = {},
): Schema<ObjectOf<M>> {
  const entries = Object.entries(members);
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([key, member]) => [key, isOptional(member) ? member.optional : member]),
    ),
    required: entries.flatMap(([key, member]) => (isOptional(member) ? [] : [key])),
    additionalProperties: open,
    ...rules,
  };
}

/** An object whose members have names of the caller's choice. */
export function map<S extends Schema>(
  values: S,
  rules: Described & { readonly maxProperties?: number } = {},
): Schema<Readonly<Record<string, TypeOf<S>>>> {
  return { type: 'object', additionalProperties: values, ...rules };
}

/** Any value at all. */
export function anything(rules: Described = {}): Schema<unknown> {
  return { ...rules };
}

/** Any object. */
export function record(
  rules: Described & { readonly maxProperties?: number } = {},
): Schema<Readonly<Record<string, unknown>>> {
  return { type: 'object', ...rules };
}

/**
 * The members that may be changed later: the same ones, each optional. Those that need not be there at all are taken away
 * by null; those that must stay are only changed.
 */
export function patchOf<T>(
  schema: Schema<T>,
  { without = [] }: { readonly without?: readonly string[] } = {},
): Schema<Patch<T>> {
  const properties = Object.entries(schema['properties'] as Record<string, Schema>);
  const must = schema['required'] as readonly string[];
  const kept = properties.filter(([key]) => !without.includes(key));
  return {
    ...schema,
    properties: Object.fromEntries(kept.map(([key, member]) => [key, must.includes(key) ? member : nullable(member)])),
    required: [],
  };
}

export type Patch<T> = { readonly [K in keyof T]?: T[K] | null };
