// Owns /api/v2/connections: the sources of people.
import { ApiError } from '#protocol/api-error';
import { collection } from '../collection.ts';
import { endpoint, type Resource } from '../resource.ts';
import { connectionClients } from './connection-clients.ts';
import { connectionCollection, connectionOf } from './connection-collection.ts';
import { connectionDirectory } from './connection-directory.ts';
import { connectionKeyEndpoints } from './connection-keys.ts';
import { connectionScim } from './connection-scim.ts';

/** No agent of a directory can connect to us yet, so each is one that isn't there. */
const status = endpoint({
  method: 'GET',
  path: '/connections/{id}/status',
  summary: 'Read whether the agent of a directory is there',
  scopes: ['read:connections'],
  run: async ({ ctx, params }) => {
    await connectionOf(ctx, params.id);
    throw new ApiError(404, 'not connected to any node');
  },
});

export const connections: Resource = {
  name: 'connections',
  endpoints: [
    ...collection(connectionCollection),
    ...connectionClients,
    ...connectionKeyEndpoints,
    ...connectionScim,
    ...connectionDirectory,
    status,
  ],
};
