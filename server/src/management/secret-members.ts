// Owns the members of settings that are secrets: sealed before they are stored, and shown to nobody.
import type { Context } from '#domain/context';
import { isJsonObject, type JsonObject } from '#protocol/merge-patch';

/** Names of members, those of members within with dots between: `hcaptcha.secret`; a star stands for every name. */
export type MemberPath = string;

type Change = (value: unknown) => unknown;

/** The object with what is at a path changed; where the change gives undefined the member goes. */
function changeAt(object: JsonObject, [name, ...rest]: readonly string[], change: Change): JsonObject {
  const entries = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
    if (name !== '*' && key !== name) return [[key, value]];
    if (rest.length > 0) return [[key, isJsonObject(value) ? changeAt(value, rest, change) : value]];
    const changed = change(value);
    return changed === undefined ? [] : [[key, changed]];
  });
  return Object.fromEntries(entries);
}

function changeAll(object: JsonObject, paths: readonly MemberPath[], change: Change): JsonObject {
  return paths.reduce((changed, path) => changeAt(changed, path.split('.'), change), object);
}

const purpose = 'setting';

/** What is sent, with its secrets sealed. A null, which takes one away, stays. */
export function sealMembers(
  { vault }: Pick<Context, 'vault'>,
  sent: JsonObject,
  paths: readonly MemberPath[],
): JsonObject {
  return changeAll(sent, paths, (value) => (value === null ? null : vault.seal(purpose, JSON.stringify(value))));
}

/** What is stored, as callers may see it. */
export function withoutMembers(stored: JsonObject, paths: readonly MemberPath[]): JsonObject {
  return changeAll(stored, paths, () => undefined);
}

/** What is stored, with its secrets as they were sent: for where Auth0 shows them to who may read the rest. */
export function unsealMembers(
  { vault }: Pick<Context, 'vault'>,
  stored: JsonObject,
  paths: readonly MemberPath[],
): JsonObject {
  return changeAll(stored, paths, (value) => {
    const text = typeof value === 'string' ? vault.unseal(purpose, value) : undefined;
    return text === undefined ? value : JSON.parse(text);
  });
}
