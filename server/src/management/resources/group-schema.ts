// Owns what a group is shown as, and how groups and roles are named to each other.
import type { Context } from '#domain/context';
import { findGroup, type Group } from '#domain/groups';
import type { Mark } from '#domain/window';
import { ApiError } from '#protocol/api-error';
import { type Page, pageOf, type Window } from '../paging.ts';
import { list, object, text } from '../schema.ts';

const ids = (description: string) =>
  list(text({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 100, description });

export const roleIds = object({ roles: ids('IDs of the roles') });
export const groupIds = object({ groups: ids('IDs of the groups') });

/** The group of a path or a body, or its refusal. */
export async function groupOf(ctx: Context, id: string): Promise<Group> {
  const group = await findGroup(ctx, id);
  if (!group) throw new ApiError(404, 'The group does not exist.', 'inexistent_group');
  return group;
}

export function markOfGroup({ created_at, id }: Group): Mark {
  return { at: created_at, id };
}

/** The tenant's name is the first label of its host, as with Auth0's own domains. */
export function shownGroup({ issuer }: Pick<Context, 'issuer'>, group: Group) {
  const { external_id, created_at, updated_at, ...rest } = group;
  return {
    ...rest,
    ...(external_id === null ? {} : { external_id }),
    tenant_name: new URL(issuer).hostname.split('.')[0],
    created_at: new Date(created_at).toISOString(),
    updated_at: new Date(updated_at).toISOString(),
  };
}

export function groupPage(ctx: Pick<Context, 'issuer'>, groups: readonly Group[], window: Window): Page {
  return pageOf(
    groups.map((group) => shownGroup(ctx, group)),
    window,
    ({ id }) => id,
  );
}
