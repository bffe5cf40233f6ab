// Owns the reading of JSON that a stranger wrote: no member twice, no depth that would exhaust a reader.

export type Members = Readonly<Record<string, unknown>>;

const maximumDepth = 64;
const structure = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

export interface ObjectText {
  readonly members: Members;
  /** Names that stand twice in one object: readers differ in which of them they believe (RFC 8725 §2.4). */
  readonly duplicates: readonly string[];
}

interface Survey {
  readonly duplicates: readonly string[];
  readonly depth: number;
}

/** Walks JSON that is known to be well-formed. */
function survey(text: string): Survey {
  const duplicates = new Set<string>();
  const open: Set<string>[] = [];
  let depth = 0;
  let lastString = '';
  for (const [token] of text.matchAll(structure)) {
    if (token === '{' || token === '[') {
      open.push(new Set());
      depth = Math.max(depth, open.length);
    } else if (token === '}' || token === ']') {
      open.pop();
    } else if (token === ':') {
      const name = JSON.parse(lastString) as string;
      const names = open.at(-1);
      if (names?.has(name)) duplicates.add(name);
      names?.add(name);
    } else {
      lastString = token;
    }
  }
  return { duplicates: [...duplicates], depth };
}

export type ObjectProblem = 'notJson' | 'notObject' | 'tooDeep';

/** A JSON object, or what keeps the text from being one. */
export function readObject(text: string): ObjectText | ObjectProblem {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'notJson';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'notObject';
  const { duplicates, depth } = survey(text);
  return depth > maximumDepth ? 'tooDeep' : { members: value as Members, duplicates };
}
