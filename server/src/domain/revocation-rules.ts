// Owns which changes of the configuration end access tokens: whoever makes them, the facts are written with them.
import type { Client } from '#protocol/client';
import { sectorOf } from '#protocol/client-sector';
import type { ResourceServer } from '#protocol/resource-server';
import type { Queries } from '#storage/database';
import { documentKind } from '#storage/documents';
import * as groupRoles from '#storage/tables/group-roles';
import * as userRoles from '#storage/tables/user-roles';
import type { ClientGrant } from './client-grants.ts';
import type { Context } from './context.ts';
import { revoke } from './revocations.ts';
import type { Permission, Role } from './roles.ts';
import { pairwiseSectors } from './subjects.ts';
import { apisOf, mostTaken, takePermissions } from './taken-permissions.ts';

type Needed = Pick<Context, 'documents' | 'revocations' | 'vault' | 'now'>;

/** What was there and is no more. */
function lost<T>(before: readonly T[] = [], after: readonly T[] = []): T[] {
  return before.filter((each) => !after.includes(each));
}

/** An application that is gone, or that people are told to by other names from now on. */
function endsApplication(before: Client, after: Client | undefined): boolean {
  if (!after) return true;
  const sector = (client: Client) => (client.subject_type === 'pairwise' ? sectorOf(client) : undefined);
  return sector(before) !== sector(after);
}

function narrowsGrant(before: ClientGrant, after: ClientGrant | undefined): boolean {
  if (!after) return true;
  // All scopes are at least as many as any.
  if (after.allow_all_scopes) return false;
  if (before.allow_all_scopes) return true;
  return (
    lost(before.scope, after.scope).length > 0 ||
    lost(before.authorization_details_types, after.authorization_details_types).length > 0
  );
}

const openness = ['deny_all', 'require_client_grant', 'allow_all'];

function narrowsApi(before: ResourceServer, after: ResourceServer | undefined): boolean {
  if (!after) return true;
  const names = ({ scopes }: ResourceServer) => scopes.map(({ value }) => value);
  const open = ({ subject_type_authorization: by }: ResourceServer, whose: 'user' | 'client') =>
    openness.indexOf(by?.[whose]?.policy ?? (whose === 'user' ? 'allow_all' : 'require_client_grant'));
  return (
    lost(names(before), names(after)).length > 0 ||
    (!before.enforce_policies && after.enforce_policies === true) ||
    open(after, 'user') < open(before, 'user') ||
    open(after, 'client') < open(before, 'client')
  );
}

/** The APIs at which a role allows less than before. */
function narrowedApis(before: Role, after: Role | undefined): string[] {
  const key = ({ resource_server_identifier, permission_name }: Permission) =>
    `${resource_server_identifier} ${permission_name}`;
  const kept = new Set((after?.permissions ?? []).map(key));
  return apisOf((before.permissions ?? []).filter((permission) => !kept.has(key(permission))));
}

/** Who has a role; undefined when they are too many, or have it by a group. */
async function holdersOf(queries: Queries, roleId: string): Promise<readonly string[] | undefined> {
  if ((await groupRoles.listGroups(queries, { role_id: roleId, organization_id: '' })).length > 0) return undefined;
  const holders = await userRoles.listHolders(queries, roleId, { start: 0, limit: mostTaken + 1 });
  return holders.length > mostTaken ? undefined : holders.map(({ user_id }) => user_id);
}

/** Begins to write facts with the changes of applications, client grants, APIs and roles. */
export function keepRevocationRules(ctx: Needed): void {
  const nothing = async () => undefined;
  ctx.documents.always(documentKind<Client>('clients'), {
    prepare: nothing,
    apply: async (queries, { before, after }) => {
      const { client_id } = before;
      if (endsApplication(before, after)) await revoke(ctx, queries, 'application-ended', { client_id });
    },
  });
  ctx.documents.always(documentKind<ClientGrant>('client-grants'), {
    prepare: nothing,
    apply: async (queries, { before, after }) => {
      const { client_id, audience } = before;
      if (!narrowsGrant(before, after)) return;
      await revoke(ctx, queries, 'client-grant-narrowed', { client_id, audiences: [audience] });
    },
  });
  ctx.documents.always(documentKind<ResourceServer>('resource-servers'), {
    prepare: nothing,
    apply: async (queries, { before, after }) => {
      if (narrowsApi(before, after)) await revoke(ctx, queries, 'api-narrowed', { audiences: [before.identifier] });
    },
  });
  ctx.documents.always(documentKind<Role>('roles'), {
    prepare: () => pairwiseSectors(ctx),
    apply: async (queries, { before, after }, sectors) => {
      const audiences = narrowedApis(before, after);
      if (audiences.length === 0) return;
      await takePermissions(ctx, queries, { userIds: await holdersOf(queries, before.id), audiences, sectors });
    },
  });
}
