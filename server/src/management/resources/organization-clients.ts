// Owns /api/v2/organizations/{id}/clients: the applications that are an organization's own.
import { findClient } from '#domain/clients';
import type { Context } from '#domain/context';
import type { Organization, OrganizationClient } from '#domain/organizations';
import { ApiError } from '#protocol/api-error';
import { changeOne } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, list, object, optional, text } from '../schema.ts';
import { organizationCollection, organizationOf } from './organization-collection.ts';

const path = '/organizations/{id}/clients';
const one = `${path}/{client_id}` as const;
const clientId = text({ maxLength: 64, description: 'ID of the application' });

/** With what may be known of the application; undefined when it is gone. */
async function described(ctx: Context, { client_id, use_for_member_access }: OrganizationClient) {
  const client = await findClient(ctx, client_id);
  if (!client) return undefined;
  const { name, app_type, logo_uri, is_first_party, grant_types, organization_usage = 'deny' } = client;
  const told = { name, app_type, logo_uri, is_first_party, grant_types, organization_usage };
  return { client_id, use_for_member_access, client: told };
}

async function describedClients(ctx: Context, { clients }: Organization) {
  const all = await Promise.all(clients.map((client) => described(ctx, client)));
  return all.filter((client) => client !== undefined);
}

async function clientOf(call: Call<{ readonly id: string; readonly client_id: string }>) {
  const all = await describedClients(call.ctx, await organizationOf(call));
  const found = all.find(({ client_id }) => client_id === call.params.client_id);
  if (!found) throw new ApiError(404, 'No client found by that id');
  return found;
}

async function checkClients(ctx: Context, clients: readonly OrganizationClient[]): Promise<void> {
  for (const { client_id } of clients) {
    if (!(await findClient(ctx, client_id))) throw new ApiError(404, 'The client does not exist', 'inexistent_client');
  }
}

/** Those that are the organization's already are set as they are sent. */
async function add(call: Call<{ readonly id: string }, unknown, { readonly clients: readonly OrganizationClient[] }>) {
  const { ctx, params, body: sent } = call;
  await organizationOf(call);
  await checkClients(ctx, sent.clients);
  const isSent = ({ client_id }: OrganizationClient) => sent.clients.some((fresh) => fresh.client_id === client_id);
  const { body } = await changeOne(organizationCollection, call, params.id, (organization) => ({
    ...organization,
    clients: [...organization.clients.filter((known) => !isSent(known)), ...sent.clients],
  }));
  return (await describedClients(ctx, body)).filter(isSent);
}

const aboutOne: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: one,
    summary: 'Read how an application is set for an organization',
    scopes: ['read:organization_clients'],
    run: clientOf,
  }),
  endpoint({
    method: 'PATCH',
    path: one,
    summary: 'Change how an application is set for an organization',
    scopes: ['update:organization_clients'],
    body: object({ use_for_member_access: optional(flag({ description: 'Whether members use it' })) }),
    run: async (call) => {
      const { client_id } = await clientOf(call);
      await changeOne(organizationCollection, call, call.params.id, (organization) => ({
        ...organization,
        clients: organization.clients.map((known) =>
          known.client_id === client_id ? { ...known, ...call.body } : known,
        ),
      }));
      return clientOf(call);
    },
  }),
];

export const organizationClientEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the applications of an organization',
    scopes: ['read:organization_clients'],
    key: 'clients',
    ways: 'checkpoint',
    page: async (call, window) =>
      pageOf(await describedClients(call.ctx, await organizationOf(call)), window, ({ client_id }) => client_id),
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give applications to an organization',
    scopes: ['create:organization_clients'],
    body: object({
      clients: list(
        object({ client_id: clientId, use_for_member_access: flag({ description: 'Whether members use it' }) }),
        { minItems: 1, maxItems: 100 },
      ),
    }),
    run: add,
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take applications from an organization',
    scopes: ['delete:organization_clients'],
    body: object({ clients: list(clientId, { minItems: 1, maxItems: 100 }) }),
    run: async (call) => {
      const { clients: gone } = call.body;
      await changeOne(organizationCollection, call, call.params.id, (organization) => ({
        ...organization,
        clients: organization.clients.filter(({ client_id }) => !gone.includes(client_id)),
      }));
    },
  }),
  ...aboutOne,
];
