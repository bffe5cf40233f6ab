// Owns what a PATCH does to an object (RFC 7396, which is how Auth0 merges).

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The target with the patch merged in: objects member by member, null removes, everything else takes the place of what was
 * there. The members named in `replaced` are not merged but replaced as a whole.
 */
export function mergePatch(target: JsonObject, patch: JsonObject, replaced: readonly string[] = []): JsonObject {
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (isJsonObject(value) && !replaced.includes(key)) {
      const before = merged.get(key);
      merged.set(key, mergePatch(isJsonObject(before) ? before : {}, value));
    } else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}
