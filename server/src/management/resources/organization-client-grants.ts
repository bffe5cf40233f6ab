// Owns /api/v2/organizations/{id}/client-grants and /client-grants/{id}/organizations: by which grants applications act for whom.
import { type ClientGrant, findClientGrantById } from '#domain/client-grants';
import type { Context } from '#domain/context';
import { type Organization, organizationRecords } from '#domain/organizations';
import { ApiError } from '#protocol/api-error';
import { changeOne } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, optional, text } from '../schema.ts';
import { organizationCollection, organizationOf, shownOrganization } from './organization-collection.ts';

const path = '/organizations/{id}/client-grants';

async function grantOf(ctx: Context, id: string): Promise<ClientGrant> {
  const grant = await findClientGrantById(ctx, id);
  if (!grant) throw new ApiError(404, 'The grant does not exist.', 'inexistent_client_grant');
  return grant;
}

/** The grants of an organization without those that are gone. */
async function grantsOf(ctx: Context, { client_grants }: Organization): Promise<readonly ClientGrant[]> {
  const all = await Promise.all(client_grants.map((id) => findClientGrantById(ctx, id)));
  return all.filter((grant) => grant !== undefined);
}

function shownGrant(grant: ClientGrant) {
  const { id, client_id, audience, scope, subject_type } = grant;
  const { organization_usage = 'deny', allow_any_organization = false } = grant;
  return { id, client_id, audience, scope, organization_usage, allow_any_organization, subject_type };
}

export const organizationClientGrantEndpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the client grants of an organization',
    scopes: ['read:organization_client_grants'],
    key: 'client_grants',
    ways: 'offset',
    query: {
      audience: optional(text({ maxLength: 600, description: "Only those for an API's identifier" })),
      client_id: optional(text({ maxLength: 64, description: 'Only those of an application' })),
      grant_ids: optional(list(text({ maxLength: 64 }), { maxItems: 10, description: 'Only these' })),
    },
    page: async (call, window) => {
      const { audience, client_id, grant_ids } = call.query;
      const all = await grantsOf(call.ctx, await organizationOf(call));
      const asked = all.filter(
        (grant) =>
          (audience ?? grant.audience) === grant.audience &&
          (client_id ?? grant.client_id) === grant.client_id &&
          (grant_ids?.includes(grant.id) ?? true),
      );
      return pageOf(asked.map(shownGrant), window, ({ id }) => id);
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a client grant to an organization',
    scopes: ['create:organization_client_grants'],
    body: object({ grant_id: text({ maxLength: 64, description: 'A Client Grant ID to add to the organization' }) }),
    run: async (call) => {
      await organizationOf(call);
      const grant = await grantOf(call.ctx, call.body.grant_id);
      await changeOne(organizationCollection, call, call.params.id, (organization) => {
        const { client_grants } = organization;
        if (client_grants.includes(grant.id)) {
          throw new ApiError(409, 'The client grant has already been added to this organization.');
        }
        return { ...organization, client_grants: [...client_grants, grant.id] };
      });
      return { grant_id: grant.id, ...shownGrant(grant) };
    },
  }),
  endpoint({
    method: 'DELETE',
    path: `${path}/{grant_id}`,
    summary: 'Take a client grant from an organization',
    scopes: ['delete:organization_client_grants'],
    run: async (call) => {
      const { id: organizationId, grant_id } = call.params;
      await changeOne(organizationCollection, call, organizationId, (organization) => ({
        ...organization,
        client_grants: organization.client_grants.filter((id) => id !== grant_id),
      }));
    },
  }),
  listing({
    path: '/client-grants/{id}/organizations',
    summary: 'List the organizations that a client grant was given to',
    scopes: ['read:organization_client_grants'],
    key: 'organizations',
    page: async ({ ctx, params }, window) => {
      const { id } = await grantOf(ctx, params.id);
      const all = (await organizationRecords.list(ctx)).filter(({ body }) => body.client_grants.includes(id));
      return pageOf(
        all.map(({ body }) => shownOrganization(body)),
        window,
        (organization) => organization['id'] as string,
      );
    },
  }),
];
