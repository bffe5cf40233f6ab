// Owns refresh tokens: one row a family, whose generation counts the rotations.
import { prepared } from '../prepared.ts';
import type { Queries } from '../tables.ts';

export interface RefreshTokenRow {
  family_id: string;
  /** The only generation that is accepted; every rotation adds one. */
  generation: number;
  client_id: string;
  user_id: string;
  sid: string | null;
  /** Space-separated. */
  scope: string;
  audience: string | null;
  authenticated_at: number;
  created_at: number;
  rotated_at: number;
  idle_expires_at: number | null;
  expires_at: number | null;
  revoked_at: number | null;
  /** JSON: what the authorization is bound to and asked for beyond scope and audience. */
  details: string | null;
  /** JSON object that applications keep with it. */
  metadata: string | null;
}

export async function insert(db: Queries, row: RefreshTokenRow): Promise<void> {
  await db.insertInto('refresh_tokens').values(row).execute();
}

const findById = prepared<Pick<RefreshTokenRow, 'family_id'>, RefreshTokenRow>((db, value) =>
  db.selectFrom('refresh_tokens').selectAll().where('family_id', '=', value('family_id')),
);

export async function find(db: Queries, familyId: string): Promise<RefreshTokenRow | undefined> {
  return (await findById(db, { family_id: familyId }))[0];
}

export interface Rotation {
  family_id: string;
  client_id: string;
  /** The generation presented. */
  generation: number;
  /** The generation that takes its place: the same one for a token that doesn't rotate. */
  successor: number;
  idle_expires_at: number | null;
}

const rotateOne = prepared<Rotation & { now: number }, Pick<RefreshTokenRow, 'family_id'>>((db, value) =>
  db
    .updateTable('refresh_tokens')
    .set({ generation: value('successor'), rotated_at: value('now'), idle_expires_at: value('idle_expires_at') })
    .where('family_id', '=', value('family_id'))
    .where('generation', '=', value('generation'))
    .where('client_id', '=', value('client_id'))
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', value('now'))]))
    .where((where) => where.or([where('idle_expires_at', 'is', null), where('idle_expires_at', '>', value('now'))]))
    .returning('family_id'),
);

/**
 * Exchanges a generation for its successor in one statement: of any number of callers exactly one gets true.
 * The family must be live and belong to the client.
 */
export async function rotate(db: Queries, rotation: Rotation, now: number): Promise<boolean> {
  return (await rotateOne(db, { ...rotation, now })).length === 1;
}

/** Revokes a family; false when it is unknown or revoked already. */
export async function revoke(db: Queries, familyId: string, now: number): Promise<boolean> {
  const result = await db
    .updateTable('refresh_tokens')
    .set({ revoked_at: now })
    .where('family_id', '=', familyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Revokes every family of a session. Returns how many. */
export async function revokeSession(db: Queries, sid: string, now: number): Promise<number> {
  const result = await db
    .updateTable('refresh_tokens')
    .set({ revoked_at: now })
    .where('sid', '=', sid)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Revokes every family of a person. Returns how many. */
export async function revokeOfUser(db: Queries, userId: string, now: number): Promise<number> {
  const result = await db
    .updateTable('refresh_tokens')
    .set({ revoked_at: now })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Deletes families that ended before a moment, by revocation or by age. Returns how many. */
export async function purge(db: Queries, endedBefore: number): Promise<number> {
  const result = await db
    .deleteFrom('refresh_tokens')
    .where((where) =>
      where.or([
        where('revoked_at', '<=', endedBefore),
        where('expires_at', '<=', endedBefore),
        where('idle_expires_at', '<=', endedBefore),
      ]),
    )
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** A person's families that can still be used, the oldest first. */
export async function listLiveOfUser(db: Queries, userId: string, now: number): Promise<RefreshTokenRow[]> {
  return db
    .selectFrom('refresh_tokens')
    .selectAll()
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', now)]))
    .where((where) => where.or([where('idle_expires_at', 'is', null), where('idle_expires_at', '>', now)]))
    .orderBy('created_at')
    .orderBy('family_id')
    .execute();
}

/** Keeps a JSON object with a family; false when it isn't live. */
export async function keepMetadata(db: Queries, familyId: string, metadata: string | null): Promise<boolean> {
  const result = await db
    .updateTable('refresh_tokens')
    .set({ metadata })
    .where('family_id', '=', familyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Families after one, in the order of their ids: for whoever must look at all of them, some at a time. */
export async function listAfter(
  db: Queries,
  familyId: string,
  limit: number,
): Promise<Pick<RefreshTokenRow, 'family_id' | 'client_id' | 'revoked_at'>[]> {
  return db
    .selectFrom('refresh_tokens')
    .select(['family_id', 'client_id', 'revoked_at'])
    .where('family_id', '>', familyId)
    .orderBy('family_id')
    .limit(limit)
    .execute();
}
