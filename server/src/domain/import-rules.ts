// Owns the judging of imported rows: rules for values, and the errors that a row's report has, in Auth0's codes.

export interface RowError {
  readonly code: string;
  readonly message: string;
  /** Which member, as `custom_password_hash.hash.value`; absent where it's the row as a whole. */
  readonly path?: string;
}

/** Judges the value at a path. */
export type Rule = (value: unknown, path: string) => readonly RowError[];

/** An error at a path, in the form of Auth0's reports. */
export function rowError(code: string, path: string, sentence: string): RowError {
  if (path === '') return { code, message: sentence };
  return { code, message: `Error in ${path} property - ${sentence}`, path };
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

type TypeName = 'string' | 'boolean' | 'integer' | 'object' | 'array';

function typeErrors(type: TypeName, value: unknown, path: string): readonly RowError[] {
  const found = typeName(value);
  if (found === type) return [];
  return [rowError('INVALID_TYPE', path, `Expected type ${type} but found type ${found}`)];
}

export const isFlag: Rule = (value, path) => typeErrors('boolean', value, path);
export const isObject: Rule = (value, path) => typeErrors('object', value, path);

export function isInteger(minimum: number): Rule {
  return (value, path) => {
    const wrong = typeErrors('integer', value, path);
    if (wrong.length > 0 || (value as number) >= minimum) return wrong;
    return [rowError('MINIMUM', path, `Value ${value} is less than minimum ${minimum}`)];
  };
}

interface TextRules {
  readonly least?: number;
  readonly most: number;
  readonly pattern?: RegExp;
  readonly format?: { readonly name: string; readonly fits: (text: string) => boolean };
  /** Never told, not even in part. */
  readonly isSecret?: boolean;
}

/** Texts that are refused are told in part: a row's report holds the row anyhow. */
const shown = (text: string) => text.slice(0, 100).toWellFormed();

type Form = Pick<TextRules, 'pattern' | 'format' | 'isSecret'>;

function formErrors(text: string, path: string, { pattern, format, isSecret = false }: Form): readonly RowError[] {
  const told = isSecret ? '' : `: ${shown(text)}`;
  const unfit = (name: string) => [
    rowError('INVALID_FORMAT', path, `Object didn't pass validation for format ${name}${told}`),
  ];
  // No database's text can hold half a character.
  if (!text.isWellFormed()) return unfit('unicode');
  if (pattern && !pattern.test(text))
    return [rowError('PATTERN', path, `String does not match pattern ${pattern.source}${told}`)];
  return format && !format.fits(text) ? unfit(format.name) : [];
}

export function isText({ least = 1, most, ...form }: TextRules): Rule {
  return (value, path) => {
    const wrong = typeErrors('string', value, path);
    if (wrong.length > 0) return wrong;
    const text = value as string;
    const { length } = [...text];
    if (length < least)
      return [rowError('MIN_LENGTH', path, `String is too short (${length} chars), minimum ${least}`)];
    if (length > most) return [rowError('MAX_LENGTH', path, `String is too long (${length} chars), maximum ${most}`)];
    return formErrors(text, path, form);
  };
}

export function isOneOf(values: readonly string[]): Rule {
  return (value, path) => {
    if (typeof value === 'string' && values.includes(value)) return [];
    return [rowError('ENUM_MISMATCH', path, `No enum match for: ${shown(String(value))}`)];
  };
}

export function isList(rule: Rule, { least, most }: { readonly least: number; readonly most: number }): Rule {
  return (value, path) => {
    const wrong = typeErrors('array', value, path);
    if (wrong.length > 0) return wrong;
    const items = value as readonly unknown[];
    if (items.length < least)
      return [rowError('ARRAY_LENGTH_SHORT', path, `Array is too short (${items.length}), minimum ${least}`)];
    if (items.length > most)
      return [rowError('ARRAY_LENGTH_LONG', path, `Array is too long (${items.length}), maximum ${most}`)];
    return items.flatMap((item, index) => rule(item, `${path}[${index}]`));
  };
}

/** An object of these members and no others. */
export function hasMembers(rules: Readonly<Record<string, Rule>>, required: readonly string[] = []): Rule {
  return (value, path) => {
    const wrong = typeErrors('object', value, path);
    if (wrong.length > 0) return wrong;
    const object = value as Readonly<Record<string, unknown>>;
    const at = (name: string) => (path === '' ? name : `${path}.${name}`);
    const missing = required
      .filter((name) => !Object.hasOwn(object, name))
      .map((name) => rowError('OBJECT_REQUIRED', path, `Missing required property: ${name}`));
    const errors = Object.entries(object).flatMap(([name, member]) =>
      Object.hasOwn(rules, name)
        ? (rules[name] as Rule)(member, at(name))
        : [rowError('NOT_PASSED', path, `Additional properties not allowed: ${shown(name)}`)],
    );
    return [...missing, ...errors];
  };
}
