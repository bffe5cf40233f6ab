// Owns the writing of many people at once: who is new, who is known already and changed, and who may not come in.
import { randomHexSince } from '#crypto/random';
import type { Queries } from '#storage/database';
import { attempt } from '#storage/savepoint';
import * as methods from '#storage/tables/authentication-methods';
import * as identities from '#storage/tables/identities';
import * as identifiers from '#storage/tables/login-identifiers';
import * as passwords from '#storage/tables/passwords';
import * as users from '#storage/tables/users';
import { type AccountSettings, accountChanges, accountRow } from './account-rows.ts';
import { methodRow } from './authentication-methods.ts';
import type { Context } from './context.ts';
import { type RowError, rowError } from './import-rules.ts';
import type { Identifier, ImportedUser } from './imported-user.ts';

export interface Batch {
  readonly connection: { readonly name: string; readonly strategy: string };
  /** Whether people who are known already are changed, instead of refused. */
  readonly upsert: boolean;
  /**
   * The moment of the whole import: whoever was written at it came with an earlier row of the same file.
   */
  readonly at: number;
}

export interface BatchOutcome {
  readonly inserted: number;
  readonly updated: number;
  /** By the rows' places in the batch. */
  readonly refused: ReadonlyMap<number, RowError>;
}

const identifierTypes = ['email', 'username', 'phone_number'] as const;
const conflicts: Readonly<Record<Identifier, string>> = {
  email: 'CONFLICT_EMAIL',
  username: 'CONFLICT_USERNAME',
  phone_number: 'CONFLICT',
};

/** What a row changes of somebody who is known: neither what they sign in by nor whether they are blocked. */
const changeable = [
  ...(['email_verified', 'given_name', 'family_name', 'name', 'nickname', 'picture'] as const),
  ...(['app_metadata', 'user_metadata'] as const),
];

const provided = rowError('DUPLICATED_USER', '', 'A user with this [email|username|user_id] was already provided.');

// Auth0's sentence: an import gives people their first password, and never takes one's place. A bcrypt hash is passed over.
const passwordKept = rowError(
  'CONFLICT',
  '',
  'A custom_password_hash was provided, but the user already has password hash defined.',
);

/** Everybody whom the rows of a batch could mean. */
interface Known {
  readonly ids: ReadonlySet<string>;
  readonly holders: Readonly<Record<Identifier, ReadonlyMap<string, string>>>;
  readonly rows: ReadonlyMap<string, users.UserRow>;
}

async function lookUp(queries: Queries, { name }: Batch['connection'], rows: readonly ImportedUser[]): Promise<Known> {
  const holdersOf = (type: Identifier) => {
    const values = rows.flatMap(({ settings }) => settings[type] ?? []);
    return identifiers.findHolders(queries, { connection: name, type }, values);
  };
  const ids = await identities.taken(
    queries,
    rows.flatMap(({ user_id }) => user_id ?? []),
  );
  const email = await holdersOf('email');
  const username = await holdersOf('username');
  const phone_number = await holdersOf('phone_number');
  const userIds = [...new Set([...email.values(), ...username.values(), ...phone_number.values()])];
  const found = userIds.length === 0 ? [] : await users.listByIds(queries, userIds);
  return {
    ids,
    holders: { email, username, phone_number },
    rows: new Map(found.map((row) => [row.user_id, row])),
  };
}

/** What comes of a row. */
type Verdict =
  | { readonly type: 'insert' }
  | { readonly type: 'update'; readonly user: users.UserRow }
  | { readonly type: 'refuse'; readonly error: RowError };

function judge({ settings, user_id, isHashCustom }: ImportedUser, known: Known, { upsert, at }: Batch): Verdict {
  const refuse = (error: RowError): Verdict => ({ type: 'refuse', error });
  const holders = identifierTypes.flatMap((type) => {
    const value = settings[type];
    const holder = value == null ? undefined : known.holders[type].get(value);
    return holder === undefined ? [] : [{ type, holder }];
  });
  const [first] = holders;
  if (!first) {
    const isTaken = user_id !== undefined && known.ids.has(user_id);
    return isTaken ? refuse(rowError('CONFLICT', 'user_id', 'The user already exists')) : { type: 'insert' };
  }
  const user = known.rows.get(first.holder);
  // Auth0 never inserts somebody and then updates them by a later row of the same file.
  if (user?.updated_at === at) return refuse(provided);
  // Whoever is known by their address is meant by it; who has only the username or the number in common is another.
  const other = holders.find(({ holder }) => holder !== first.holder);
  if (upsert && user && !other && (first.type === 'email' || settings.email == null))
    return isHashCustom ? refuse(passwordKept) : { type: 'update', user };
  const { type } = other ?? first;
  return refuse(rowError(conflicts[type], type, 'The user already exists'));
}

/** Finds the rows that repeat what an earlier row of the batch says. */
function repeated(rows: readonly ImportedUser[]): ReadonlySet<number> {
  const seen = new Set<string>();
  const found = new Set<number>();
  for (const [index, { user_id, settings }] of rows.entries()) {
    const keys = identifierTypes.flatMap((type) => (settings[type] == null ? [] : [`${type} ${settings[type]}`]));
    if (user_id !== undefined) keys.push(`user_id ${user_id}`);
    if (keys.some((key) => seen.has(key))) found.add(index);
    else for (const key of keys) seen.add(key);
  }
  return found;
}

type Needed = Pick<Context, 'vault' | 'now'>;

async function insertAll(
  ctx: Needed,
  queries: Queries,
  { connection, at }: Batch,
  fresh: readonly ImportedUser[],
): Promise<void> {
  const people = fresh.map((one) => ({
    ...one,
    user_id: one.user_id ?? `${connection.strategy}|${randomHexSince(at)}`,
  }));
  await users.insertMany(
    queries,
    people.map(({ user_id, settings }) => accountRow(user_id, settings, at)),
  );
  const own = { connection: connection.name, provider: connection.strategy, is_social: 0, profile_data: null };
  await identities.insertMany(
    queries,
    people.map(({ user_id }) => ({ ...own, identity_id: user_id, user_id, created_at: at })),
  );
  const claims = people.flatMap(({ user_id, settings }) =>
    identifierTypes.flatMap((type) => {
      const value = settings[type];
      return value == null ? [] : [{ connection: connection.name, type, value, identity_id: user_id }];
    }),
  );
  await identifiers.insertMany(queries, claims);
  const hashes = people.flatMap(({ user_id, passwordHash }) =>
    passwordHash === undefined ? [] : [{ identity_id: user_id, hash: passwordHash, changed_at: at }],
  );
  await passwords.insertMany(queries, hashes);
  const factors = people.flatMap(({ user_id, factors: all }) => all.map((factor) => methodRow(ctx, user_id, factor)));
  await methods.insertMany(queries, factors);
}

function changesOf({ settings }: ImportedUser): AccountSettings {
  return Object.fromEntries(
    changeable.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
  );
}

async function update(
  ctx: Needed,
  queries: Queries,
  known: users.UserRow,
  { row, at }: { readonly row: ImportedUser; readonly at: number },
): Promise<void> {
  const { user_id } = known;
  const held = (await users.hold(queries, user_id)) ?? known;
  await users.change(queries, held, accountChanges(held, changesOf(row), at));
  if (row.factors.length === 0) return;
  // Who brings the same file again gets no second factor of the same kind.
  const types = new Set((await methods.listForUser(queries, user_id)).map(({ type }) => type));
  const fresh = row.factors.filter(({ type }) => !types.has(type)).map((factor) => methodRow(ctx, user_id, factor));
  await methods.insertMany(queries, fresh);
}

/**
 * Writes the rows of a batch, a hundred or so. It fails as a whole when somebody else claims an identifier meanwhile; then
 * it is tried again, and knows of them.
 */
export async function writeBatch(
  ctx: Needed,
  queries: Queries,
  batch: Batch,
  rows: readonly ImportedUser[],
): Promise<BatchOutcome> {
  const known = await lookUp(queries, batch.connection, rows);
  const again = repeated(rows);
  const refused = new Map<number, RowError>();
  const fresh: ImportedUser[] = [];
  let updated = 0;
  for (const [index, row] of rows.entries()) {
    const verdict: Verdict = again.has(index) ? { type: 'refuse', error: provided } : judge(row, known, batch);
    if (verdict.type === 'refuse') refused.set(index, verdict.error);
    else if (verdict.type === 'insert') fresh.push(row);
    else {
      await update(ctx, queries, verdict.user, { row, at: batch.at });
      updated += 1;
    }
  }
  if (fresh.length > 0) await insertAll(ctx, queries, batch, fresh);
  return { inserted: fresh.length, updated, refused };
}

const unwritable = rowError('INTERNAL_ERROR', '', 'The row cannot be stored.');

/** As `writeBatch`, but slowly: a row that no database takes is refused, and keeps nobody else out. */
export async function writeOneByOne(
  ctx: Needed,
  queries: Queries,
  batch: Batch,
  rows: readonly ImportedUser[],
): Promise<BatchOutcome> {
  const refused = new Map<number, RowError>();
  let [inserted, updated] = [0, 0];
  for (const [index, row] of rows.entries()) {
    const outcome = await attempt<BatchOutcome>(
      queries,
      () => writeBatch(ctx, queries, batch, [row]),
      () => ({ inserted: 0, updated: 0, refused: new Map([[0, unwritable]]) }),
    );
    inserted += outcome.inserted;
    updated += outcome.updated;
    for (const error of outcome.refused.values()) refused.set(index, error);
  }
  return { inserted, updated, refused };
}
