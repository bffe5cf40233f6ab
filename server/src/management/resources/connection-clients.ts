// Owns which applications may use a connection.

import { findClient } from '#domain/clients';
import { type AnyConnection, connectionRecords, enableClients } from '#domain/connections';
import type { Document } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, list, object, optional, text } from '../schema.ts';
import { connectionFields, connectionOf, shownConnection } from './connection-collection.ts';
import { connectionStrategy } from './connection-schema.ts';

const path = '/connections/{id}/clients';
const missing = () => new ApiError(404, 'The client does not exist', 'inexistent_client');

export const connectionClients: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the clients that may use a connection',
    scopes: ['read:connections'],
    key: 'clients',
    ways: 'checkpoint',
    most: 1000,
    page: async ({ ctx, params }, window) => {
      const { enabled_clients } = await connectionOf(ctx, params.id);
      const page = pageOf(enabled_clients, window, (client) => client);
      return { ...page, items: page.items.map((client_id) => ({ client_id })) };
    },
  }),
  endpoint({
    method: 'PATCH',
    path,
    summary: 'Let clients use a connection, or let them no more',
    scopes: ['update:connections'],
    body: list(object({ client_id: text({ maxLength: 200 }), status: flag({ description: 'Whether it may' }) }), {
      minItems: 1,
      maxItems: 50,
    }),
    run: async ({ ctx, params, body, change }) => {
      change.before = { enabled_clients: (await connectionOf(ctx, params.id)).enabled_clients };
      for (const { client_id, status } of body) if (status && !(await findClient(ctx, client_id))) throw missing();
      await enableClients(ctx, params.id, body);
      change.after = { enabled_clients: (await connectionOf(ctx, params.id)).enabled_clients };
    },
  }),
  listing({
    path: '/clients/{id}/connections',
    summary: 'List the connections that a client may use',
    // Those for clients alone don't suffice at Auth0 either: what is shown are connections, with their secrets.
    scopes: ['read:connections'],
    key: 'connections',
    ways: 'checkpoint',
    fields: true,
    alwaysShown: connectionFields.always,
    query: {
      ...connectionFields.query,
      strategy: optional(list(connectionStrategy, { description: 'Only of these kinds' })),
    },
    page: async ({ ctx, params, query }, window) => {
      if (!(await findClient(ctx, params.id))) throw missing();
      const all = (await connectionRecords.list(ctx)).filter(
        ({ body }) =>
          body.enabled_clients.includes(params.id) && (query.strategy?.includes(body.strategy as never) ?? true),
      );
      const page = pageOf(all, window, (connection) => connection.id);
      const items = page.items as readonly Document<AnyConnection>[];
      return { ...page, items: items.map((connection) => shownConnection(connection, { ctx })) };
    },
  }),
];
