// Owns how the roles are told that a person has in all: by themselves and by their groups, everywhere or in an organization.
import type { Context } from '#domain/context';
import { effectiveRoles, findGroup } from '#domain/groups';
import { type Page, pageOf, type Window } from '../paging.ts';
import { text } from '../schema.ts';
import { groupPage } from './group-schema.ts';

/** The person, and the organization where their roles are asked for; undefined: everywhere. */
interface Holder {
  readonly userId: string;
  readonly organizationId?: string;
}

export const roleIdQuery = { role_id: text({ maxLength: 64, description: 'ID of the role' }) };

export async function effectiveRolePage(
  ctx: Context,
  { userId, organizationId }: Holder,
  window: Window,
): Promise<Page> {
  const all = await effectiveRoles(ctx, userId, organizationId);
  const shown = all.map(({ role: { id, name, description = '' }, sources }) => ({ id, name, description, sources }));
  return pageOf(shown, window, ({ id }) => id);
}

/** The groups by which somebody has a role. */
export async function sourceGroupPage(
  ctx: Context,
  { userId, organizationId }: Holder,
  roleId: string,
  window: Window,
): Promise<Page> {
  const all = await effectiveRoles(ctx, userId, organizationId);
  const ids = all.find(({ role }) => role.id === roleId)?.groups ?? [];
  const groups = await Promise.all(ids.map((id) => findGroup(ctx, id)));
  return groupPage(
    ctx,
    groups.filter((group) => group !== undefined),
    window,
  );
}
