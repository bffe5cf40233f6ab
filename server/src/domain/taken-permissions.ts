// Owns what follows when people may do less at APIs than before: their tokens for these end, and who listens is told.
import type { Queries } from '#storage/database';
import type { Context } from './context.ts';
import { revoke } from './revocations.ts';
import type { Permission } from './roles.ts';
import { recordSecurityEvents } from './security-events.ts';
import { subjectKeysOf } from './subjects.ts';

/** With more people every token for the API ends instead: applications get new ones by their refresh tokens. */
export const mostTaken = 1000;

/** The APIs that permissions are for. */
export function apisOf(permissions: readonly Permission[]): string[] {
  return [...new Set(permissions.map(({ resource_server_identifier: identifier }) => identifier))];
}

export interface Taken {
  /** Undefined when they are too many. */
  readonly userIds: readonly string[] | undefined;
  readonly audiences: readonly string[];
  /** In which a person has a name of their own (`pairwiseSectors`). */
  readonly sectors: readonly string[];
}

/** Tells those who asked to be told that somebody's tokens for some APIs say other things now. */
export async function recordClaimsChange(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  { userIds = [], audiences }: Pick<Taken, 'userIds' | 'audiences'>,
): Promise<void> {
  if (audiences.length === 0) return;
  const change = { name: 'token-claims-change', audiences, initiating_entity: 'admin' } as const;
  await recordSecurityEvents(
    ctx,
    queries,
    userIds.map((user_id) => ({ ...change, user_id })),
  );
}

/** Ends the access tokens that say what people may do no more, in the transaction that takes it from them. */
export async function takePermissions(
  ctx: Pick<Context, 'revocations' | 'vault' | 'now'>,
  queries: Queries,
  taken: Taken,
): Promise<void> {
  const { userIds, audiences, sectors } = taken;
  if (audiences.length === 0) return;
  if (!userIds) return revoke(ctx, queries, 'api-narrowed', { audiences });
  const subjects = userIds.flatMap((userId) => subjectKeysOf(ctx, userId, sectors));
  await revoke(ctx, queries, 'permissions-taken', { subjects, audiences });
  await recordClaimsChange(ctx, queries, taken);
}
