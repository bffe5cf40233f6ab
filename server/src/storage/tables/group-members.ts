// Owns who is in which group.
import type { Queries } from '../tables.ts';
import type { RowWindow } from '../window.ts';
import type { GroupRow } from './groups.ts';

export interface GroupMemberRow {
  group_id: string;
  user_id: string;
  created_at: number;
}

/** Who is in it already stays as they are. */
export async function add(db: Queries, rows: readonly GroupMemberRow[]): Promise<void> {
  await db
    .insertInto('group_members')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Who is in a group, who came first first. */
export async function list(db: Queries, groupId: string, window: RowWindow): Promise<GroupMemberRow[]> {
  const all = db
    .selectFrom('group_members')
    .selectAll()
    .where('group_id', '=', groupId)
    .orderBy('created_at')
    .orderBy('user_id')
    .limit(window.limit);
  if ('start' in window) return all.offset(window.start).execute();
  const { after } = window;
  if (!after) return all.execute();
  return all
    .where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'user_id'), '>', tuple(after.at, after.id)))
    .execute();
}

/** A group with the time since when somebody is in it. */
export type JoinedGroup = GroupRow & { membership_created_at: number };

/** The groups in which a person is, the first one first. */
export async function listGroups(db: Queries, userId: string): Promise<JoinedGroup[]> {
  return db
    .selectFrom('group_members as member')
    .innerJoin('groups', 'groups.id', 'member.group_id')
    .selectAll('groups')
    .select('member.created_at as membership_created_at')
    .where('member.user_id', '=', userId)
    .orderBy('member.created_at')
    .orderBy('member.group_id')
    .execute();
}
