// Owns the judgement of what is sent by the schema of its place, and the sentences of the refusals, which are Auth0's.
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { ApiError } from '#protocol/api-error';
import type { Schema } from './schema.ts';

/** Where a value was sent. */
export type Place = 'Payload' | 'Path' | 'Query';

const codes = { Payload: 'invalid_body', Path: 'invalid_uri', Query: 'invalid_query_string' } as const;

const ajv = new Ajv2020({ strict: false, verbose: true, unicodeRegExp: true, validateFormats: true, logger: false });
formats.default(ajv);
const compiled = new WeakMap<Schema, ValidateFunction>();

function validatorOf(schema: Schema): ValidateFunction {
  const known = compiled.get(schema);
  if (known) return known;
  const made = ajv.compile(schema);
  compiled.set(schema, made);
  return made;
}

const most = 100;
const shown = (value: unknown) => String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, most);
const typeName = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** What is wrong, in the words of the validator that Auth0 uses. */
function faultOf({ keyword, params, data, schema, parentSchema }: ErrorObject): string {
  const { format } = parentSchema as { format?: string };
  switch (keyword) {
    case 'required':
      return `Missing required property: ${params['missingProperty']}`;
    case 'additionalProperties':
      return `Additional properties not allowed: ${shown(params['additionalProperty'])}`;
    case 'type':
      return `Expected type ${[schema].flat().join(',')} but found type ${typeName(data)}`;
    case 'enum':
      return `No enum match for: ${shown(data)}`;
    case 'minLength':
      return `String is too short (${shown(data).length} chars), minimum ${schema}`;
    case 'maxLength':
      return `String is too long (${String(data).length} chars), maximum ${schema}`;
    case 'minimum':
      return `Value ${data} is less than minimum ${schema}`;
    case 'maximum':
      return `Value ${data} is greater than maximum ${schema}`;
    case 'minItems':
      return `Array is too short (${(data as unknown[]).length}), minimum ${schema}`;
    case 'maxItems':
      return `Array is too long (${(data as unknown[]).length}), maximum ${schema}`;
    case 'uniqueItems':
      return `Array items are not unique (indexes ${params['j']} and ${params['i']})`;
    case 'minProperties':
      return `Too few properties defined (${Object.keys(data as object).length}), minimum ${schema}`;
    case 'maxProperties':
      return `Too many properties defined (${Object.keys(data as object).length}), maximum ${schema}`;
    case 'anyOf':
    case 'oneOf':
      return 'Data does not match any schemas from "anyOf"';
    case 'format':
    case 'pattern':
      return format === undefined
        ? `String does not match pattern ${schema}: ${shown(data)}`
        : `Object didn't pass validation for format ${format}: ${shown(data)}`;
    default:
      return `The value is not allowed (${keyword})`;
  }
}

/** `/groups/0/email` → `groups[0].email` */
function propertyOf(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  const names = parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce((path, name) => {
    if (/^\d+$/.test(name)) return `${path}[${name}]`;
    return path === '' ? name : `${path}.${name}`;
  }, '');
}

/** Of the errors of a choice, the one that tells most: that of the branch which got furthest. */
function tellingError(errors: readonly ErrorObject[]): ErrorObject {
  const deepest = Math.max(...errors.map(({ instancePath }) => instancePath.split('/').length));
  const last = errors.at(-1) as ErrorObject;
  if (last.keyword !== 'anyOf' && last.keyword !== 'oneOf') return errors[0] as ErrorObject;
  return last.instancePath.split('/').length === deepest
    ? last
    : (errors.find(({ instancePath }) => instancePath.split('/').length === deepest) as ErrorObject);
}

function sentenceOf(place: Place, error: ErrorObject): string {
  const property = propertyOf(error.instancePath);
  const { description } = error.parentSchema as { description?: string };
  const explained = description === undefined ? '.' : ` (${description.replace(/\.$/, '')}).`;
  const where = property === '' ? '.' : ` on property ${property}${explained}`;
  return `${place} validation error: '${faultOf(error)}'${where}`;
}

/** Throws ApiError 400 unless the value is of the schema. */
export function validate(place: Place, schema: Schema, value: unknown): void {
  const validator = validatorOf(schema);
  if (validator(value)) return;
  throw new ApiError(400, sentenceOf(place, tellingError(validator.errors ?? [])), codes[place]);
}
