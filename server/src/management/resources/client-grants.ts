// Owns /api/v2/client-grants: which application may use which API, and how far.
import { type ClientGrant, clientGrants as grants } from '#domain/client-grants';
import { findClient } from '#domain/clients';
import { findResourceServer } from '#domain/resource-servers';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Call, Resource } from '../resource.ts';
import { flag, list, nullable, object, oneOf, optional, text } from '../schema.ts';

const id = prefixed('client-grant-id', 'cgr_', 16);

const changeable = {
  scope: optional(
    nullable(list(text({ minLength: 1, maxLength: 280 }), { maxItems: 5000, description: 'What it may do' })),
  ),
  organization_usage: optional(nullable(oneOf(['deny', 'allow', 'require']))),
  allow_any_organization: optional(nullable(flag())),
  authorization_details_types: optional(list(text({ maxLength: 255 }), { maxItems: 100 })),
  allow_all_scopes: optional(nullable(flag({ description: 'Whether it may do all that the API has' }))),
};

const subject = oneOf(['client', 'user'], { description: 'Whether it acts for itself or for people' });

const create = object({
  client_id: optional(text({ maxLength: 200, description: 'The application' })),
  audience: text({ minLength: 1, maxLength: 600, description: "The API's identifier" }),
  subject_type: optional(subject),
  default_for: optional(oneOf(['third_party_clients'])),
  ...changeable,
});

async function checkApi({ ctx }: Pick<Call, 'ctx'>, audience: string): Promise<void> {
  if (await findResourceServer(ctx, audience)) return;
  throw new ApiError(404, 'The resource server does not exist', 'inexistent_resource_server');
}

async function fresh(call: Call, body: JsonObject): Promise<ClientGrant> {
  const sent = mergePatch({}, body) as unknown as ClientGrant;
  const client = sent.client_id === undefined ? undefined : await findClient(call.ctx, sent.client_id);
  if (sent.client_id !== undefined && !client)
    throw new ApiError(404, 'The client does not exist', 'inexistent_client');
  if ((client?.app_type as string | undefined) === 'express_configuration') {
    throw new ApiError(400, 'Client of type express_configuration cannot be used', 'validation_error');
  }
  const defaults = { id: id.make(), scope: [], subject_type: 'client' } as const;
  await checkApi(call, sent.audience);
  return { ...defaults, ...(sent as Partial<ClientGrant>) } as ClientGrant;
}

const filters = ['audience', 'client_id', 'allow_any_organization', 'subject_type', 'default_for'] as const;

const declaration: Collection<ClientGrant> = {
  path: '/client-grants',
  noun: 'client grant',
  scope: 'client_grants',
  records: grants,
  create,
  update: object(changeable),
  fresh,
  missing: () => new ApiError(404, 'The grant does not exist.', 'inexistent_client_grant'),
  taken: ({ client_id, audience }) =>
    new ApiError(409, `The application ${client_id} has a grant for ${audience} already. Change that one.`),
  query: {
    audience: optional(text({ maxLength: 600, description: 'Only those for this API' })),
    client_id: optional(text({ maxLength: 200, description: 'Only those of this application' })),
    allow_any_organization: optional(flag()),
    subject_type: optional(subject),
    default_for: optional(oneOf(['third_party_clients'])),
  },
  listed: ({ body }, { query }) =>
    filters.every((name) => query[name] === undefined || (body as unknown as JsonObject)[name] === query[name]),
};

export const clientGrants: Resource = { name: 'client-grants', endpoints: collection(declaration) };
