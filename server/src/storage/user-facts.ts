// Owns what is known of a person for searches: every fact by its path, and which of them an index is kept of.
import { sha256 } from '#crypto/digest';
import { isJsonObject } from '#protocol/merge-patch';
import { type Facts, foldCase, storable } from '#protocol/user-condition';
import type { IdentityRow } from './tables/identities.ts';
import type { UserRow } from './tables/users.ts';

type Fact = string | number | boolean;

/** Facts beyond these are not searched: metadata may be of any size. */
const mostFacts = 1000;
const deepest = 10;
/** Characters. */
const longestPath = 200;

class Collector {
  readonly facts = new Map<string, Fact[]>();
  readonly #wanted: ReadonlySet<string> | undefined;
  #count = 0;

  constructor(wanted?: ReadonlySet<string>) {
    this.#wanted = wanted;
  }

  /** Whether anything of a first part of paths is asked for. */
  wants(root: string): boolean {
    return this.#wanted === undefined || this.#wanted.has(root);
  }

  add(path: string, fact: Fact | null | undefined): void {
    if (fact === null || fact === undefined || path.length > longestPath || this.#count >= mostFacts) return;
    this.#count += 1;
    const value = typeof fact === 'string' ? storable(fact) : fact;
    const known = this.facts.get(path);
    if (!known) this.facts.set(path, [value]);
    else if (!known.includes(value)) known.push(value);
  }

  addFolded(path: string, text: string | null): void {
    if (text !== null && this.wants(path)) this.add(path, foldCase(text));
  }

  /** The scalars within a value; lists have no level of their own in a path. */
  addAll(path: string, value: unknown, depth = 0): void {
    if (depth > deepest) return;
    if (Array.isArray(value)) for (const item of value) this.addAll(path, item, depth + 1);
    else if (isJsonObject(value)) {
      for (const [key, member] of Object.entries(value)) this.addAll(`${path}.${storable(key)}`, member, depth + 1);
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      this.add(path, value);
    }
  }
}

function addProfile(collector: Collector, row: UserRow): void {
  collector.addFolded('email', row.email);
  if (row.email !== null) {
    if (collector.wants('email')) {
      collector.add('email.domain', foldCase(row.email.slice(row.email.lastIndexOf('@') + 1)));
    }
    collector.add('email_verified', row.email_verified === 1);
  }
  collector.add('username', row.username);
  collector.add('phone_number', row.phone_number);
  if (row.phone_verified !== null) collector.add('phone_verified', row.phone_verified === 1);
  collector.addFolded('name', row.name);
  collector.addFolded('given_name', row.given_name);
  collector.addFolded('family_name', row.family_name);
  collector.addFolded('nickname', row.nickname);
  if (row.blocked_told === 1) collector.add('blocked', row.blocked === 1);
  for (const path of ['app_metadata', 'user_metadata'] as const) {
    const text = row[path];
    if (text !== null && collector.wants(path)) collector.addAll(path, JSON.parse(text));
  }
}

function addIdentity(collector: Collector, identity: IdentityRow): void {
  collector.add('identities.connection', identity.connection);
  collector.add('identities.provider', identity.provider);
  collector.add('identities.user_id', identity.id_at_provider);
  collector.add('identities.isSocial', identity.is_social === 1);
  if (identity.profile_data !== null) collector.addAll('identities.profileData', JSON.parse(identity.profile_data));
}

/**
 * What is known of a person. `wanted` names the first parts of the paths that are asked for: of the others some may be
 * missing. `identities` may be left out where nothing is asked about them.
 */
export function factsOf(row: UserRow, identities: readonly IdentityRow[] = [], wanted?: ReadonlySet<string>): Facts {
  const collector = new Collector(wanted);
  collector.add('user_id', row.user_id);
  collector.add('picture', row.picture);
  collector.add('last_ip', row.last_ip);
  collector.add('last_login', row.last_login_at);
  collector.add('created_at', row.created_at);
  collector.add('updated_at', row.updated_at);
  // Who never signed in has none.
  if (row.logins_count > 0) collector.add('logins_count', row.logins_count);
  for (const identity of identities) addIdentity(collector, identity);
  addProfile(collector, row);
  return collector.facts;
}

/** A word that a person is found by. */
export interface Term {
  readonly path: string;
  readonly value: string;
  readonly number: number | null;
}

/** Characters of a value that stand in the index. A longer one stands there as its beginning and its digest. */
export const longestTerm = 120;

/** A value as the index has it. */
export function indexed(value: string): string {
  return value.length <= longestTerm ? value : `${value.slice(0, longestTerm).toWellFormed()}#${sha256(value)}`;
}

/** The words that the index has for a person: what stands in no column of its own. */
export function termsOf(row: UserRow): Term[] {
  const collector = new Collector();
  addProfile(collector, row);
  const terms = [...collector.facts].flatMap(([path, facts]) =>
    facts.map((fact) => ({
      path,
      value: indexed(String(fact)),
      number: typeof fact === 'number' ? fact : null,
    })),
  );
  return [...new Map(terms.map((term) => [`${term.path}\0${term.value}`, term])).values()];
}
