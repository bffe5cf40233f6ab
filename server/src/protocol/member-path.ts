// Owns paths to what lies within an object, as exports name their fields: `email`, `identities[0].connection`.

const step = /\[(\d{1,6})\]|\.?([^.[\]]+)/g;

/** The value at a path; undefined where there is none. */
export function memberAt(value: unknown, path: string): unknown {
  let found = value;
  for (const [, index, name] of path.matchAll(step)) {
    const key = index ?? (name as string);
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[key];
  }
  return found;
}
