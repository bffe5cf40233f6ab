// Owns the grammar of searches for people and log events: Auth0's subset of Lucene's query language.
import { LuceneSyntaxError, type Pattern, type Token, tokens } from './lucene-tokens.ts';

/** One end of a range. */
export interface Bound {
  readonly text: string;
  readonly inclusive: boolean;
}

/** What a field is compared with. */
export type LuceneValue =
  /** Text without wildcards. A phrase stood in quotes. */
  | { readonly type: 'term'; readonly text: string }
  | { readonly type: 'phrase'; readonly text: string }
  | { readonly type: 'pattern'; readonly pattern: Pattern }
  /** An end that is undefined is open. */
  | { readonly type: 'range'; readonly from: Bound | undefined; readonly to: Bound | undefined };

/** A query as a tree. `clauses` are never empty; `at` is where the clause stands in the text. */
export type LuceneQuery =
  | { readonly type: 'and' | 'or'; readonly clauses: readonly LuceneQuery[] }
  | { readonly type: 'not'; readonly clause: LuceneQuery }
  /** A field's value; without a field, whatever the collection searches then. */
  | { readonly type: 'match'; readonly field: string | undefined; readonly value: LuceneValue; readonly at: number }
  /** `_exists_:f`, and `f:*`, which asks the same. */
  | { readonly type: 'exists'; readonly field: string; readonly at: number }
  /** `*` and `*:*`. */
  | { readonly type: 'everything' };

/** How deep parentheses and negations may lie in each other. */
const deepest = 20;
/** How many values a query may compare with. */
const mostClauses = 250;

/** An operand with the sign before it: what stands side by side without an operator is told apart by these. */
interface Operand {
  readonly query: LuceneQuery;
  readonly sign: 'required' | 'prohibited' | undefined;
}

const not = (clause: LuceneQuery): LuceneQuery => ({ type: 'not', clause });

function joined(type: 'and' | 'or', clauses: readonly LuceneQuery[]): LuceneQuery {
  const [first] = clauses;
  return clauses.length === 1 && first ? first : { type, clauses };
}

/** `a b -c +d`: all that is required, nothing that is prohibited, and if nothing is required one of the others. */
function sideBySide(operands: readonly Operand[]): LuceneQuery {
  const signed = (sign: Operand['sign']) =>
    operands.filter((operand) => operand.sign === sign).map(({ query }) => query);
  const required = signed('required');
  const optional = signed(undefined);
  const wanted = required.length > 0 ? required : optional.length > 0 ? [joined('or', optional)] : [];
  return joined('and', [...wanted, ...signed('prohibited').map(not)]);
}

function isWord(token: Token): token is Token & { type: 'word' } {
  return token.type === 'word';
}

/** The text of a word without wildcards. */
function literal({ parts }: { readonly parts: Pattern }): string | undefined {
  const [only] = parts;
  return parts.length === 1 && typeof only === 'string' ? only : undefined;
}

const isStar = ({ parts: [only, ...rest] }: { readonly parts: Pattern }): boolean =>
  typeof only === 'object' && only.wildcard === 'any' && rest.length === 0;

class Parser {
  readonly #tokens: readonly Token[];
  #index = 0;
  #clauses = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokens(text);
  }

  query(): LuceneQuery {
    const query = this.#sequence(undefined);
    if (this.#peek().type !== 'end') throw this.#unexpected();
    return query;
  }

  #peek(offset = 0): Token {
    // Beyond the last token there is nothing but the end.
    return (this.#tokens[this.#index + offset] ?? this.#tokens.at(-1)) as Token;
  }

  #take(): Token {
    const token = this.#peek();
    this.#index += 1;
    return token;
  }

  #takeIf(type: Token['type']): boolean {
    if (this.#peek().type !== type) return false;
    this.#index += 1;
    return true;
  }

  #unexpected(token: Token = this.#peek()): LuceneSyntaxError {
    const what = token.type === 'end' ? 'The query ends too early' : 'This was not expected here';
    return new LuceneSyntaxError(what, token.at);
  }

  #deeper<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > deepest) throw new LuceneSyntaxError('The query is nested too deeply', this.#peek().at);
    const result = read();
    this.#depth -= 1;
    return result;
  }

  #sequence(field: string | undefined): LuceneQuery {
    const operands = [this.#disjunction(field)];
    while (this.#peek().type !== 'end' && this.#peek().type !== 'close') operands.push(this.#disjunction(field));
    return sideBySide(operands);
  }

  #disjunction(field: string | undefined): Operand {
    const first = this.#conjunction(field);
    const operands = [first];
    while (this.#takeIf('or')) operands.push(this.#conjunction(field));
    return operands.length === 1 ? first : { query: joined('or', operands.map(plain)), sign: undefined };
  }

  #conjunction(field: string | undefined): Operand {
    const first = this.#operand(field);
    const operands = [first];
    while (this.#takeIf('and')) operands.push(this.#operand(field));
    return operands.length === 1 ? first : { query: joined('and', operands.map(plain)), sign: undefined };
  }

  #operand(field: string | undefined): Operand {
    if (this.#takeIf('plus')) return { query: this.#deeper(() => plain(this.#operand(field))), sign: 'required' };
    if (this.#takeIf('minus') || this.#takeIf('not')) {
      return { query: this.#deeper(() => plain(this.#operand(field))), sign: 'prohibited' };
    }
    return { query: this.#clause(field), sign: undefined };
  }

  #clause(field: string | undefined): LuceneQuery {
    const token = this.#peek();
    if (isWord(token) && this.#peek(1).type === 'colon') return this.#ofField(field);
    return this.#value(field);
  }

  #ofField(outer: string | undefined): LuceneQuery {
    const token = this.#take();
    this.#take();
    if (!isWord(token) || outer !== undefined) throw this.#unexpected(token);
    if (isStar(token)) {
      const value = this.#take();
      if (isWord(value) && isStar(value)) return { type: 'everything' };
      throw this.#unexpected(value);
    }
    const field = literal(token);
    if (field === undefined) throw new LuceneSyntaxError("A field's name has no wildcards", token.at);
    if (field !== '_exists_') return this.#value(field);
    const value = this.#take();
    const name = isWord(value) ? literal(value) : value.type === 'phrase' ? value.text : undefined;
    if (name === undefined) throw this.#unexpected(value);
    return { type: 'exists', field: name, at: token.at };
  }

  #value(field: string | undefined): LuceneQuery {
    const token = this.#take();
    if (token.type === 'open') {
      const query = this.#deeper(() => this.#sequence(field));
      if (!this.#takeIf('close')) throw this.#unexpected();
      return query;
    }
    this.#clauses += 1;
    if (this.#clauses > mostClauses) throw new LuceneSyntaxError(`A query compares ${mostClauses} values`, token.at);
    if (isWord(token) && isStar(token)) {
      return field === undefined ? { type: 'everything' } : { type: 'exists', field, at: token.at };
    }
    return { type: 'match', field, value: this.#compared(token), at: token.at };
  }

  #compared(token: Token): LuceneValue {
    switch (token.type) {
      case 'phrase':
        return { type: 'phrase', text: token.text };
      case 'word': {
        const text = literal(token);
        return text === undefined ? { type: 'pattern', pattern: token.parts } : { type: 'term', text };
      }
      case 'range-open':
        return this.#range(token.inclusive);
      case 'comparison': {
        const bound = { text: this.#text(this.#take()), inclusive: token.operator.endsWith('=') };
        const isLower = token.operator.startsWith('>');
        return { type: 'range', from: isLower ? bound : undefined, to: isLower ? undefined : bound };
      }
      default:
        throw this.#unexpected(token);
    }
  }

  #range(fromInclusive: boolean): LuceneValue {
    const from = this.#end(this.#take());
    const to = this.#take();
    if (!isWord(to) || literal(to) !== 'TO') throw this.#unexpected(to);
    const until = this.#end(this.#take());
    const close = this.#take();
    if (close.type !== 'range-close') throw this.#unexpected(close);
    return {
      type: 'range',
      from: from === undefined ? undefined : { text: from, inclusive: fromInclusive },
      to: until === undefined ? undefined : { text: until, inclusive: close.inclusive },
    };
  }

  #end(token: Token): string | undefined {
    return isWord(token) && isStar(token) ? undefined : this.#text(token);
  }

  #text(token: Token): string {
    const text = isWord(token) ? literal(token) : token.type === 'phrase' ? token.text : undefined;
    if (text === undefined) throw this.#unexpected(token);
    return text;
  }
}

/** The query of an operand where an operator stands beside it: its sign is no more than a negation then. */
function plain({ query, sign }: Operand): LuceneQuery {
  return sign === 'prohibited' ? not(query) : query;
}

/**
 * Reads a query. Terms that stand side by side are alternatives, as in Lucene; AND binds more tightly than OR.
 * Throws LuceneSyntaxError, also for one that is too long, too deep, or compares with too many values.
 */
export function parseLucene(text: string): LuceneQuery {
  return new Parser(text).query();
}

/** Every field that a query names, each once. */
export function fieldsOf(query: LuceneQuery): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: LuceneQuery): void => {
    if (node.type === 'not') visit(node.clause);
    else if (node.type === 'and' || node.type === 'or') for (const clause of node.clauses) visit(clause);
    else if (node.type === 'exists') names.add(node.field);
    else if (node.type === 'match' && node.field !== undefined) names.add(node.field);
  };
  visit(query);
  return names;
}
