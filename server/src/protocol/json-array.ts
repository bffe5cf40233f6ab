// Owns the reading of a JSON array (RFC 8259 §5) as its text arrives, element by element, so that it's never whole in memory.

export class JsonArrayError extends Error {
  override name = 'JsonArrayError';
}

const code = (character: string) => character.charCodeAt(0);
const [quote, backslash, comma, open, close, openBrace, closeBrace] = ['"', '\\', ',', '[', ']', '{', '}'].map(
  code,
) as [number, number, number, number, number, number, number];

/** Cuts a text into an array's elements. Whether each of them is valid JSON is for `JSON.parse` to say. */
export class JsonArraySplitter {
  readonly #longest: number;
  readonly #deepest: number;
  #place: 'before' | 'within' | 'after' = 'before';
  #depth = 0;
  #inText = false;
  #escaped = false;
  #count = 0;
  /** What has arrived of the element under way. */
  #begun = '';

  /** `longest` is in characters, of one element; `deepest` in brackets within brackets. */
  constructor({ longest, deepest }: { readonly longest: number; readonly deepest: number }) {
    this.#longest = longest;
    this.#deepest = deepest;
  }

  /** The elements that are complete now. Throws JsonArrayError. */
  push(chunk: string): string[] {
    const elements: string[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const character = chunk.charCodeAt(at);
      if (this.#place !== 'within') {
        if (this.#opens(character)) start = at + 1;
      } else if (this.#inText) {
        this.#withinText(character);
      } else if (this.#depth === 0 && (character === comma || character === close)) {
        this.#finish(elements, chunk.slice(start, at), character === close);
        start = at + 1;
      } else {
        this.#note(character);
      }
    }
    if (this.#place === 'within') this.#begun += chunk.slice(start);
    if (this.#begun.length > this.#longest) throw new JsonArrayError('An element is too long.');
    return elements;
  }

  /** Throws JsonArrayError unless the array is complete. */
  end(): void {
    if (this.#place !== 'after') throw new JsonArrayError('The array does not end.');
  }

  #opens(character: number): boolean {
    // RFC 8259 §2: space, tab, line feed, carriage return.
    if ([0x20, 0x09, 0x0a, 0x0d].includes(character)) return false;
    if (this.#place === 'after' || character !== open) throw new JsonArrayError('The text is not one array.');
    this.#place = 'within';
    return true;
  }

  #withinText(character: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (character === backslash) this.#escaped = true;
    else if (character === quote) this.#inText = false;
  }

  #note(character: number): void {
    if (character === quote) this.#inText = true;
    else if (character === open || character === openBrace) this.#depth += 1;
    else if (character === close || character === closeBrace) this.#depth -= 1;
    if (this.#depth < 0) throw new JsonArrayError('A bracket closes nothing.');
    // Whoever walks a value by recursion would run out of stack.
    if (this.#depth > this.#deepest) throw new JsonArrayError('An element is too deep.');
  }

  #finish(elements: string[], rest: string, isLast: boolean): void {
    const element = (this.#begun + rest).trim();
    this.#begun = '';
    if (isLast) this.#place = 'after';
    // Only an array without any element may have nothing before its end.
    if (element === '' && isLast && this.#count === 0) return;
    if (element === '') throw new JsonArrayError('An element is missing.');
    if (element.length > this.#longest) throw new JsonArrayError('An element is too long.');
    this.#count += 1;
    elements.push(element);
  }
}
