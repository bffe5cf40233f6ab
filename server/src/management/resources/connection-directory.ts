// Owns how the people and groups of a company's directory are fetched to a connection.
import { type AnyConnection, findConnectionById } from '#domain/connections';
import type { Context } from '#domain/context';
import {
  changeDirectory,
  changeGroups,
  checkSynchronizable,
  type DirectoryProvisioning,
  defaultDirectoryMapping,
  directoryProvisionings,
  groupChoices,
  provisionDirectory,
  type SynchronizedGroup,
  supportsDirectories,
} from '#domain/directory-provisionings';
import { ApiError, invalidBody } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { flag, integer, list, object, oneOf, optional, text } from '../schema.ts';
import { connectionOf } from './connection-collection.ts';

const path = '/connections/{id}/directory-provisioning';

const settings = object({
  mapping: optional(
    list(
      object({
        auth0: text({ minLength: 1, maxLength: 2048, description: 'The property of ours' }),
        idp: text({ minLength: 1, maxLength: 2048, description: "The member of the directory's user" }),
      }),
      { minItems: 1, maxItems: 1000, description: 'From where each property of ours is taken' },
    ),
  ),
  synchronize_automatically: optional(flag({ description: 'Whether it is fetched from time to time' })),
  synchronize_groups: optional(oneOf(groupChoices, { description: 'Whose membership is fetched, too' })),
});

const groupId = text({ minLength: 1, maxLength: 32, pattern: '^[A-Za-z0-9]+$', description: "The directory's id" });
const groups = object({
  groups: list(
    object({
      id: groupId,
      name: optional(text({ maxLength: 256, description: 'Google Workspace Directory group name' })),
      email: optional(text({ format: 'email', maxLength: 320, description: 'Google Workspace Directory group email' })),
      direct_members_count: optional(integer({ minimum: 0 })),
    }),
    { maxItems: 1000 },
  ),
});
const groupChoice = object({ groups: list(object({ id: groupId }, { open: true }), { maxItems: 1000 }) });

const missing = () => new ApiError(404, 'Directory provisioning configuration not found');

async function directoryConnectionOf(ctx: Context, id: string): Promise<AnyConnection> {
  const connection = await connectionOf(ctx, id);
  if (supportsDirectories(connection)) return connection;
  throw invalidBody('The connection strategy does not support inbound directory provisioning');
}

async function provisioningOf(ctx: Context, connectionId: string): Promise<DirectoryProvisioning> {
  await directoryConnectionOf(ctx, connectionId);
  const found = await directoryProvisionings.find(ctx, connectionId);
  if (!found) throw missing();
  return found.body;
}

const iso = (at: number) => new Date(at).toISOString();

function shown({ name, strategy }: AnyConnection, provisioning: DirectoryProvisioning): object {
  const { connection_id, created_at, updated_at, groups: _groups, ...rest } = provisioning;
  return {
    connection_id,
    connection_name: name,
    strategy,
    ...rest,
    created_at: iso(created_at),
    updated_at: iso(updated_at),
  };
}

const configuration: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: 'Read how a directory is fetched to a connection',
    scopes: ['read:directory_provisionings'],
    run: async ({ ctx, params }) =>
      shown(await directoryConnectionOf(ctx, params.id), await provisioningOf(ctx, params.id)),
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Let a directory be fetched to a connection',
    scopes: ['create:directory_provisionings'],
    body: settings,
    run: async ({ ctx, params, body, change }) => {
      const connection = await directoryConnectionOf(ctx, params.id);
      change.after = shown(connection, await provisionDirectory(ctx, connection, body));
      return change.after;
    },
  }),
  endpoint({
    method: 'PATCH',
    path,
    summary: 'Change how a directory is fetched to a connection',
    scopes: ['update:directory_provisionings'],
    body: settings,
    run: async ({ ctx, params, body, change }) => {
      const connection = await directoryConnectionOf(ctx, params.id);
      change.before = shown(connection, await provisioningOf(ctx, params.id));
      const changed = await changeDirectory(ctx, connection, body);
      if (!changed) throw missing();
      change.after = shown(connection, changed);
      return change.after;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Let no directory be fetched to a connection any more',
    scopes: ['delete:directory_provisionings'],
    run: async ({ ctx, params, change }) => {
      const connection = await directoryConnectionOf(ctx, params.id);
      const found = await directoryProvisionings.find(ctx, params.id);
      if (found) change.before = shown(connection, found.body);
      await directoryProvisionings.remove(ctx, params.id);
    },
  }),
  endpoint({
    method: 'GET',
    path: `${path}/default-mapping` as const,
    summary: 'Read what is usually taken of a directory, and where it goes',
    scopes: ['read:directory_provisionings'],
    run: async ({ ctx, params }) => {
      await directoryConnectionOf(ctx, params.id);
      return { mapping: defaultDirectoryMapping };
    },
  }),
  endpoint({
    method: 'POST',
    path: `${path}/synchronizations` as const,
    summary: 'Fetch a directory now',
    scopes: ['create:directory_provisionings'],
    run: async ({ ctx, params }) => {
      await provisioningOf(ctx, params.id);
      checkSynchronizable();
    },
  }),
];

type Rewrite = (
  before: readonly SynchronizedGroup[],
  sent: readonly SynchronizedGroup[],
) => readonly SynchronizedGroup[];

/** An endpoint that changes which groups are synchronized. */
function groupChange(method: 'PUT' | 'POST' | 'DELETE', summary: string, rewrite: Rewrite): Endpoint {
  return endpoint({
    method,
    path: `${path}/synchronized-groups` as const,
    summary,
    scopes: ['update:directory_provisionings'],
    body: method === 'DELETE' ? groupChoice : groups,
    status: 204,
    run: async ({ ctx, params, body, change }) => {
      change.before = { groups: (await provisioningOf(ctx, params.id)).groups };
      const connection = await directoryConnectionOf(ctx, params.id);
      const sent = body.groups as readonly SynchronizedGroup[];
      const changed = await changeGroups(ctx, connection, (before) => rewrite(before, sent));
      if (!changed) throw missing();
      change.after = { groups: changed.groups };
    },
  });
}

const synchronizedGroups: readonly Endpoint[] = [
  listing({
    path: `${path}/synchronized-groups` as const,
    summary: 'List the groups of a directory that are fetched',
    scopes: ['read:directory_provisionings'],
    key: 'groups',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) =>
      pageOf((await provisioningOf(ctx, params.id)).groups, window, (group) => group.id),
  }),
  groupChange('PUT', 'Set which groups of a directory are fetched', (_before, sent) => sent),
  groupChange('POST', 'Let more groups of a directory be fetched', (before, sent) => [...before, ...sent]),
  groupChange('DELETE', 'Let groups of a directory be fetched no more', (before, sent) =>
    before.filter(({ id }) => !sent.some((gone) => gone.id === id)),
  ),
];

export const connectionDirectory: readonly Endpoint[] = [...configuration, ...synchronizedGroups];

export const connectionsDirectoryProvisionings: Resource = {
  name: 'connections-directory-provisionings',
  endpoints: [
    listing({
      path: '/connections-directory-provisionings',
      summary: 'List how directories are fetched to connections',
      scopes: ['read:directory_provisionings'],
      key: 'directory_provisionings',
      ways: 'checkpoint',
      page: async ({ ctx }, window) => {
        const page = pageOf(await directoryProvisionings.list(ctx), window, ({ id }) => id);
        const found = await Promise.all(
          (page.items as Awaited<ReturnType<typeof directoryProvisionings.list>>).map(async ({ id, body }) => {
            const connection = await findConnectionById(ctx, id);
            return connection ? [shown(connection, body)] : [];
          }),
        );
        return { ...page, items: found.flat() };
      },
    }),
  ],
};
