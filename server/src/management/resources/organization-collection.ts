// Owns organizations as a collection: what one is made of, what is shown of it, and how it is found.
import { type AnyConnection, findConnectionById } from '#domain/connections';
import type { Context } from '#domain/context';
import { withConnection } from '#domain/organization-connections';
import { type Organization, organizationRecords } from '#domain/organizations';
import type { Document } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import type { JsonObject } from '#protocol/merge-patch';
import { type Collection, findOne } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Call } from '../resource.ts';
import {
  flag,
  integer,
  list,
  map,
  nullable,
  object,
  oneOf,
  optional,
  patchOf,
  type Schema,
  type TypeOf,
  text,
} from '../schema.ts';
import { enabledConnection } from './organization-connection-schema.ts';

const id = prefixed('organization-id', 'org_', 16);
/** A name, or hexadecimal digits. */
const color = () => text({ pattern: '^(?:#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,30})$', format: 'html-color' });

const settings = {
  display_name: optional(text({ minLength: 1, maxLength: 255, description: 'Friendly name of this organization' })),
  branding: optional(
    object({
      logo_url: optional(
        nullable(
          text({
            pattern: '^https://[^\\s"<>]+$',
            format: 'strict-https-uri-or-null',
            maxLength: 2048,
            description: 'Address of the logo',
          }),
        ),
      ),
      colors: optional(object({ primary: color(), page_background: color() })),
    }),
  ),
  metadata: optional(
    map(nullable(text({ maxLength: 255 })), { maxProperties: 25, description: 'Texts of your own, by their names' }),
  ),
  token_quota: optional(
    object({
      client_credentials: object({
        enforce: optional(flag()),
        per_day: optional(integer({ minimum: 1, maximum: 2_147_483_647 })),
        per_hour: optional(integer({ minimum: 1, maximum: 2_147_483_647 })),
      }),
    }),
  ),
  third_party_client_access: optional(
    oneOf(['block', 'allow'], { description: 'Whether applications of third parties may be used with it' }),
  ),
  is_app_entitlement_active: optional(flag({ description: 'Whether only its own applications may be used with it' })),
};

const name = text({
  pattern: '^(?!org_)[a-z0-9][a-z0-9_-]{0,49}$',
  format: 'organization-name',
  description: 'The name of this organization',
});

const create = object({
  name,
  ...settings,
  enabled_connections: optional(list(enabledConnection, { maxItems: 10, description: 'Connections to begin with' })),
});

const update: Schema = patchOf(object({ name, ...settings }));

/** Texts only: a null takes one away. */
function withoutNulls(metadata: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

/** A connection that may be enabled, or its refusal. */
export async function connectionOf(ctx: Context, connectionId: string): Promise<AnyConnection> {
  const connection = await findConnectionById(ctx, connectionId);
  if (!connection) throw new ApiError(404, 'No connection found by that id');
  return connection;
}

async function fresh({ ctx, caller }: Call, body: JsonObject): Promise<Organization> {
  const { enabled_connections = [], metadata = {}, ...sent } = body as TypeOf<typeof create>;
  if (enabled_connections.length > 0 && !caller.may('create:organization_connections')) {
    const message = 'Insufficient scope, expected any of: create:organization_connections';
    throw new ApiError(403, message, 'insufficient_scope');
  }
  const empty: Organization = {
    display_name: sent.name,
    third_party_client_access: 'block',
    is_app_entitlement_active: false,
    ...sent,
    id: id.make(),
    metadata: withoutNulls(metadata),
    connections: [],
    discovery_domains: [],
    client_grants: [],
    clients: [],
  };
  let organization = empty;
  for (const sent of enabled_connections) {
    organization = withConnection(organization, await connectionOf(ctx, sent.connection_id), sent);
  }
  return organization;
}

/** What anybody sees who may see organizations at all. */
export function shownOrganization(organization: Organization): JsonObject {
  const { connections, discovery_domains, client_grants, clients, metadata = {}, ...shown } = organization;
  return { ...shown, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
}

/** Who may read summaries only isn't told what the tenant keeps about an organization for itself. */
function shown({ body }: Document<Organization>, { caller, query }: Call): JsonObject {
  const { metadata, token_quota, ...summary } = shownOrganization(body);
  const isFull = ['read', 'create', 'update'].some((verb) => caller.may(`${verb}:organizations`));
  const kept = isFull
    ? { ...(metadata === undefined ? {} : { metadata }), ...(token_quota ? { token_quota } : {}) }
    : {};
  const client = body.clients.find(({ client_id }) => client_id === query?.include_client_association_for);
  return {
    ...summary,
    ...kept,
    ...(client ? { client: { use_for_member_access: client.use_for_member_access } } : {}),
  };
}

function patched(before: Organization, { metadata, ...patch }: JsonObject): Organization {
  const changed = Object.fromEntries(
    Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null),
  ) as unknown as Organization;
  const {
    display_name = changed.name,
    third_party_client_access = 'block',
    is_app_entitlement_active = false,
  } = changed;
  return {
    ...changed,
    display_name,
    third_party_client_access,
    is_app_entitlement_active,
    ...(metadata === undefined ? {} : { metadata: withoutNulls((metadata ?? {}) as Record<string, string | null>) }),
  };
}

const missing = () => new ApiError(404, 'No organization found by that id or name');

export const organizationCollection: Collection<Organization> = {
  path: '/organizations',
  noun: 'organization',
  scope: {
    read: ['read:organizations', 'read:organizations_summary'],
    create: ['create:organizations'],
    update: ['update:organizations'],
    delete: ['delete:organizations'],
  },
  records: organizationRecords,
  create,
  update,
  fresh,
  patched,
  shown,
  missing,
  taken: () => new ApiError(409, 'An organization with this name already exists.'),
  strictDelete: true,
  verbs: { read: true, create: true, update: true, remove: true },
};

/** The organization of a path, or its refusal. */
export async function organizationOf({ ctx, params }: Call<{ readonly id: string }>): Promise<Organization> {
  return (await findOne(organizationCollection, ctx, params.id)).body;
}
