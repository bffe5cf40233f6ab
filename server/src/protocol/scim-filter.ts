// Owns the grammar of SCIM filters (RFC 7644 §3.4.2.2), without those within the values of an attribute.

export type ScimOperator = 'eq' | 'ne' | 'sw' | 'ew' | 'co' | 'gt' | 'ge' | 'lt' | 'le';

/** A filter as a tree. `clauses` are never empty. */
export type ScimFilter =
  | { readonly type: 'and' | 'or'; readonly clauses: readonly ScimFilter[] }
  | { readonly type: 'not'; readonly clause: ScimFilter }
  | { readonly type: 'present'; readonly attribute: string }
  | {
      readonly type: 'compare';
      readonly attribute: string;
      readonly operator: ScimOperator;
      readonly value: string | number | boolean | null;
    };

/** A filter that is none. The message says what was wrong. */
export class ScimSyntaxError extends Error {
  override name = 'ScimSyntaxError';
}

const operators: readonly ScimOperator[] = ['eq', 'ne', 'sw', 'ew', 'co', 'gt', 'ge', 'lt', 'le'];
const longest = 4096;
const deepest = 20;
const attributeName = /^[A-Za-z$][\w.:$-]*$/;

/** Parentheses, JSON strings, and words; undefined stands for the end. */
function tokensOf(text: string): readonly string[] {
  if (text.length > longest) throw new ScimSyntaxError(`The filter is longer than ${longest} characters.`);
  const tokens = [...text.matchAll(/\s+|([()]|"(?:[^"\\]|\\.)*"|[^\s()"]+)|(.)/gs)];
  if (tokens.some(([, , rest]) => rest !== undefined)) throw new ScimSyntaxError('A text in the filter has no end.');
  return tokens.flatMap(([, token]) => (token === undefined ? [] : [token]));
}

class Parser {
  readonly #tokens: readonly string[];
  #index = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  filter(): ScimFilter {
    const filter = this.#joined('or');
    const rest = this.#tokens[this.#index];
    if (rest !== undefined) throw new ScimSyntaxError(`${rest} was not expected in the filter.`);
    return filter;
  }

  #take(): string {
    const token = this.#tokens[this.#index];
    if (token === undefined) throw new ScimSyntaxError('The filter ends too early.');
    this.#index += 1;
    return token;
  }

  #takeIf(word: string): boolean {
    if (this.#tokens[this.#index]?.toLowerCase() !== word) return false;
    this.#index += 1;
    return true;
  }

  /** `and` binds more tightly than `or`. */
  #joined(type: 'and' | 'or'): ScimFilter {
    const next = () => (type === 'or' ? this.#joined('and') : this.#operand());
    const first = next();
    const clauses = [first];
    while (this.#takeIf(type)) clauses.push(next());
    return clauses.length === 1 ? first : { type, clauses };
  }

  #operand(): ScimFilter {
    if (this.#takeIf('(')) return this.#group();
    if (this.#tokens[this.#index + 1] === '(' && this.#takeIf('not')) {
      this.#take();
      return { type: 'not', clause: this.#group() };
    }
    return this.#comparison();
  }

  #group(): ScimFilter {
    this.#depth += 1;
    if (this.#depth > deepest) throw new ScimSyntaxError('The filter is nested too deeply.');
    const filter = this.#joined('or');
    if (this.#take() !== ')') throw new ScimSyntaxError('A parenthesis in the filter is not closed.');
    this.#depth -= 1;
    return filter;
  }

  #comparison(): ScimFilter {
    const attribute = this.#take();
    if (!attributeName.test(attribute)) throw new ScimSyntaxError(`${attribute} is no name of an attribute.`);
    const word = this.#take().toLowerCase();
    if (word === 'pr') return { type: 'present', attribute };
    const operator = operators.find((known) => known === word);
    if (!operator) throw new ScimSyntaxError(`${word} is no operator. Use pr, ${operators.join(', ')}.`);
    return { type: 'compare', attribute, operator, value: literalOf(this.#take()) };
  }
}

/** A value is written as in JSON. */
function literalOf(token: string): string | number | boolean | null {
  try {
    const value: unknown = JSON.parse(token);
    if (value === null || typeof value !== 'object') return value as string | number | boolean | null;
  } catch {
    // Refused below.
  }
  throw new ScimSyntaxError(`${token} is no value. Texts stand in double quotes.`);
}

/** Reads a filter. Throws ScimSyntaxError, also for one that is too long or too deep. */
export function parseScimFilter(text: string): ScimFilter {
  return new Parser(text).filter();
}
