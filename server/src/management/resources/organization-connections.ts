// Owns /api/v2/organizations/{id}/connections and the older /enabled_connections: by what an organization's people sign in.
import {
  type DescribedConnection,
  describeConnections,
  withChangedConnection,
  withConnection,
  withoutConnection,
} from '#domain/organization-connections';
import type { OrganizationConnection } from '#domain/organizations';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { changeOne } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, optional, type Schema } from '../schema.ts';
import { connectionOf, organizationCollection, organizationOf } from './organization-collection.ts';
import {
  anyConnection,
  changedConnection,
  changedEnabledConnection,
  enabledConnection,
} from './organization-connection-schema.ts';

/** The two families show and take the same connections, the older one fewer of their settings. */
interface Family {
  readonly path: string;
  readonly shown: (described: DescribedConnection) => JsonObject;
  readonly create: Schema;
  readonly update: Schema;
}

/** What both show. Whether people may sign up is a question to databases only. */
function essence({ setting, connection: { name, strategy } }: DescribedConnection): JsonObject {
  const { connection_id, assign_membership_on_login, show_as_button, is_signup_enabled } = setting;
  return {
    connection_id,
    ...(strategy === 'auth0' ? { is_signup_enabled } : {}),
    assign_membership_on_login,
    show_as_button,
    connection: { name, strategy },
  };
}

const enabledConnections: Family = {
  path: '/organizations/{id}/enabled_connections',
  shown: essence,
  create: enabledConnection,
  update: changedEnabledConnection,
};

const connections: Family = {
  path: '/organizations/{id}/connections',
  shown: (described) => {
    const { is_enabled, organization_access_level, organization_connection_name } = described.setting;
    const named = organization_connection_name === undefined ? {} : { organization_connection_name };
    return { ...essence(described), is_enabled, organization_access_level, ...named };
  },
  create: anyConnection,
  update: changedConnection,
};

type OneCall = Call<{ readonly id: string; readonly connection_id: string }>;

async function describedOf(call: OneCall): Promise<DescribedConnection> {
  const all = await describeConnections(call.ctx, await organizationOf(call));
  const found = all.find(({ connection }) => connection.id === call.params.connection_id);
  if (!found) throw new ApiError(404, 'No connection found by that id');
  return found;
}

async function add(call: Call<{ readonly id: string }>): Promise<DescribedConnection> {
  const sent = call.body as Pick<OrganizationConnection, 'connection_id'>;
  await organizationOf(call);
  const connection = await connectionOf(call.ctx, sent.connection_id);
  const { body } = await changeOne(organizationCollection, call, call.params.id, (organization) =>
    withConnection(organization, connection, sent),
  );
  return { setting: body.connections[0] as OrganizationConnection, connection };
}

/** What a null takes away has its default again. */
function merged(setting: OrganizationConnection, patch: JsonObject): OrganizationConnection {
  const defaults = { is_enabled: true, organization_access_level: 'none' } as const;
  return { ...defaults, ...(mergePatch(setting as unknown as JsonObject, patch) as unknown as OrganizationConnection) };
}

async function change(call: OneCall): Promise<DescribedConnection> {
  const { connection } = await describedOf(call);
  await changeOne(organizationCollection, call, call.params.id, (organization) =>
    withChangedConnection(organization, connection, (setting) => merged(setting, call.body as JsonObject)),
  );
  return describedOf(call);
}

function endpointsAboutOne({ path, shown, update }: Family): readonly Endpoint[] {
  const one = `${path}/{connection_id}` as '/{id}/{connection_id}';
  return [
    endpoint({
      method: 'GET',
      path: one,
      summary: 'Read how a connection is set for an organization',
      scopes: ['read:organization_connections'],
      run: async (call) => shown(await describedOf(call)),
    }),
    endpoint({
      method: 'PATCH',
      path: one,
      summary: 'Change how a connection is set for an organization',
      scopes: ['update:organization_connections'],
      body: update,
      run: async (call) => shown(await change(call)),
    }),
    endpoint({
      method: 'DELETE',
      path: one,
      summary: 'Take a connection from an organization',
      scopes: ['delete:organization_connections'],
      run: async (call) => {
        await changeOne(organizationCollection, call, call.params.id, (organization) =>
          withoutConnection(organization, call.params.connection_id),
        );
      },
    }),
  ];
}

function addEndpoint({ path, shown, create }: Family): Endpoint {
  return endpoint({
    method: 'POST',
    path: path as '/{id}',
    summary: 'Enable a connection for an organization',
    scopes: ['create:organization_connections'],
    body: create,
    run: async (call) => shown(await add(call)),
  });
}

export const organizationConnectionEndpoints: readonly Endpoint[] = [
  listing({
    path: connections.path as '/{id}',
    summary: 'List the connections of an organization',
    scopes: ['read:organization_connections'],
    key: 'connections',
    ways: 'offset',
    query: { is_enabled: optional(flag({ description: 'Only those that are enabled, or that are not' })) },
    page: async (call, window) => {
      const { is_enabled } = call.query;
      const all = await describeConnections(call.ctx, await organizationOf(call));
      const asked = all.filter(({ setting }) => (is_enabled ?? setting.is_enabled) === setting.is_enabled);
      const page = pageOf(asked, window, ({ connection }) => connection.id);
      return { ...page, items: (page.items as DescribedConnection[]).map(connections.shown) };
    },
  }),
  addEndpoint(connections),
  ...endpointsAboutOne(connections),
  listing({
    path: enabledConnections.path as '/{id}',
    summary: 'List the enabled connections of an organization',
    scopes: ['read:organization_connections'],
    key: 'enabled_connections',
    ways: 'offset',
    // The older list tells how long the page is where others tell how long it may be.
    envelope: ({ items, total }, { start, totals }) =>
      totals ? { enabled_connections: items, start, limit: items.length, total } : items,
    page: async (call, window) => {
      const all = await describeConnections(call.ctx, await organizationOf(call));
      const enabled = all.filter(({ setting }) => setting.is_enabled);
      const page = pageOf(enabled, window, ({ connection }) => connection.id);
      return { ...page, items: (page.items as DescribedConnection[]).map(enabledConnections.shown) };
    },
  }),
  addEndpoint(enabledConnections),
  ...endpointsAboutOne(enabledConnections),
];
