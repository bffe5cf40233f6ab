// Owns the words of Lucene's query language: text in, tokens with their places out.

/** A query that is none. The message says what was wrong, and where: the place counts characters from 0. */
export class LuceneSyntaxError extends Error {
  override name = 'LuceneSyntaxError';
  readonly position: number;
  constructor(sentence: string, position: number) {
    super(`${sentence} (at position ${position}).`);
    this.position = position;
  }
}

/** What a wildcard stands for: `*` any number of characters, `?` exactly one. */
export type Wildcard = 'any' | 'one';

/** Literal text and wildcards in turn. */
export type Pattern = readonly (string | { readonly wildcard: Wildcard })[];

export type Token = { readonly at: number } & (
  | { readonly type: 'and' | 'or' | 'not' | 'plus' | 'minus' | 'open' | 'close' | 'colon' | 'end' }
  /** A word without quotes, with its escapes undone. */
  | { readonly type: 'word'; readonly parts: Pattern }
  | { readonly type: 'phrase'; readonly text: string }
  | { readonly type: 'range-open' | 'range-close'; readonly inclusive: boolean }
  | { readonly type: 'comparison'; readonly operator: '>' | '>=' | '<' | '<=' }
);

/** Characters of a query that are looked at: who asks for more gets an error. */
export const longestQuery = 4096;

const space = /\s/u;
/** What ends a word unless it's escaped. */
const ends = /[\s()[\]{}":]/u;
/** Of Lucene, but not of Auth0's subset: proximity, boosts, regular expressions. */
const unsupported = { '~': 'Proximity and fuzzy searches are', '^': 'Boosts are' } as const;

const single = {
  '(': { type: 'open' },
  ')': { type: 'close' },
  ':': { type: 'colon' },
  '[': { type: 'range-open', inclusive: true },
  '{': { type: 'range-open', inclusive: false },
  ']': { type: 'range-close', inclusive: true },
  '}': { type: 'range-close', inclusive: false },
} as const;

const operators = { AND: 'and', '&&': 'and', OR: 'or', '||': 'or', NOT: 'not' } as const;

/** Reads tokens one after the other; what stands before one decides what its signs mean. */
class Scanner {
  readonly #text: string;
  #at = 0;
  #inRange = false;
  #tokens: Token[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  read(): readonly Token[] {
    for (this.#skipSpace(); this.#at < this.#text.length; this.#skipSpace()) this.#tokens.push(this.#next());
    this.#tokens.push({ type: 'end', at: this.#at });
    return this.#tokens;
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && space.test(this.#here())) this.#at += 1;
  }

  #here(offset = 0): string {
    return this.#text.charAt(this.#at + offset);
  }

  #next(): Token {
    const at = this.#at;
    const character = this.#here();
    if (Object.hasOwn(single, character) && !(this.#inRange && character === ':')) {
      this.#at += 1;
      const token = single[character as keyof typeof single];
      if (token.type === 'range-open') this.#inRange = true;
      if (token.type === 'range-close') this.#inRange = false;
      return { ...token, at };
    }
    if (character === '"') return this.#phrase();
    // After a field's colon a sign belongs to the value: a telephone number, a negative amount.
    const afterColon = this.#tokens.at(-1)?.type === 'colon' && this.#text.charAt(at - 1) === ':';
    return (afterColon ? this.#comparison() : this.#sign()) ?? this.#word();
  }

  #comparison(): Token | undefined {
    const found = /^[<>]=?/.exec(this.#text.slice(this.#at, this.#at + 2));
    if (!found) return undefined;
    const token = { type: 'comparison', operator: found[0] as '>' | '>=' | '<' | '<=', at: this.#at } as const;
    this.#at += found[0].length;
    return token;
  }

  #sign(): Token | undefined {
    if (this.#inRange) return undefined;
    const at = this.#at;
    const pair = this.#text.slice(at, at + 2);
    if (pair === '&&' || pair === '||') {
      this.#at += 2;
      return { type: operators[pair], at };
    }
    const type = { '+': 'plus', '-': 'minus', '!': 'not' } as const;
    const character = this.#here();
    if (!Object.hasOwn(type, character)) return undefined;
    this.#at += 1;
    return { type: type[character as keyof typeof type], at };
  }

  #escaped(): string {
    this.#at += 1;
    if (this.#at >= this.#text.length) throw new LuceneSyntaxError('A backslash escapes nothing', this.#at - 1);
    const character = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    this.#at += character.length;
    return character;
  }

  #phrase(): Token {
    const at = this.#at;
    let text = '';
    for (this.#at += 1; this.#here() !== '"'; ) {
      if (this.#at >= this.#text.length) throw new LuceneSyntaxError('A quotation is not closed', at);
      if (this.#here() === '\\') text += this.#escaped();
      else {
        text += this.#here();
        this.#at += 1;
      }
    }
    this.#at += 1;
    this.#refuseUnsupported();
    return { type: 'phrase', text, at };
  }

  #refuseUnsupported(): void {
    const character = this.#here();
    if (!Object.hasOwn(unsupported, character)) return;
    throw new LuceneSyntaxError(`${unsupported[character as keyof typeof unsupported]} not supported`, this.#at);
  }

  #word(): Token {
    const at = this.#at;
    if (this.#here() === '/' && !this.#inRange) {
      throw new LuceneSyntaxError('Regular expressions are not supported; escape the slash', at);
    }
    const parts: (string | { wildcard: Wildcard })[] = [];
    while (this.#at < this.#text.length && !this.#endsWord()) {
      const part = this.#part();
      const last = parts.at(-1);
      if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
      else parts.push(part);
    }
    const raw = this.#text.slice(at, this.#at);
    if (!this.#inRange && Object.hasOwn(operators, raw)) return { type: operators[raw as keyof typeof operators], at };
    return { type: 'word', parts, at };
  }

  #endsWord(): boolean {
    return ends.test(this.#here()) && !(this.#inRange && this.#here() === ':');
  }

  #part(): string | { wildcard: Wildcard } {
    this.#refuseUnsupported();
    const character = this.#here();
    if (character === '\\') return this.#escaped();
    this.#at += 1;
    if (character === '*') return { wildcard: 'any' };
    return character === '?' ? { wildcard: 'one' } : character;
  }
}

/** The tokens of a query, the last of them 'end'. Throws LuceneSyntaxError. */
export function tokens(text: string): readonly Token[] {
  if (text.length > longestQuery) {
    throw new LuceneSyntaxError(`A query may have ${longestQuery} characters`, longestQuery);
  }
  return new Scanner(text).read();
}
