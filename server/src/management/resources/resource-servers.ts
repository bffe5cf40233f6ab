// Owns /api/v2/resource-servers: the APIs that tokens are for.
import { forgetClientGrants } from '#domain/client-grants';
import type { Context } from '#domain/context';
import type { Document } from '#domain/records';
import { apiRecords, signingSecret } from '#domain/resource-servers';
import { systemApi } from '#domain/system-apis';
import { managementAudience } from '#protocol/access-token';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { longestTokenLifetimeSec, type ResourceServer, tokenDialects } from '#protocol/resource-server';
import { type Collection, collection } from '../collection.ts';
import { hex } from '../ids.ts';
import type { Call, Resource } from '../resource.ts';
import { flag, integer, list, nullable, object, oneOf, optional, patchOf, record, text } from '../schema.ts';

const id = hex('resource-server-id', 12);
const seconds = integer({ minimum: 0, maximum: longestTokenLifetimeSec, description: 'Seconds' });

const members = object({
  name: optional(text({ minLength: 1, maxLength: 200, pattern: '^[^<>]*$', description: 'What people read' })),
  scopes: optional(
    list(
      object({
        value: text({ minLength: 1, maxLength: 280, description: 'What a token may be allowed' }),
        description: optional(nullable(text({ maxLength: 500, description: 'What people read of it' }))),
      }),
      { maxItems: 5000 },
    ),
  ),
  signing_alg: optional(
    oneOf(['HS256', 'RS256', 'RS512', 'PS256', 'ES256', 'EdDSA'], { description: 'What signs its tokens' }),
  ),
  signing_secret: optional(text({ maxLength: 4096, description: 'The secret of HS256' })),
  allow_offline_access: optional(flag({ description: 'Whether refresh tokens are issued for it' })),
  allow_online_access: optional(flag()),
  allow_online_access_with_ephemeral_sessions: optional(flag()),
  token_lifetime: optional(seconds),
  token_lifetime_for_web: optional(seconds),
  token_lifetime_for_anonymous_access_tokens: optional(nullable(seconds)),
  token_dialect: optional(oneOf(tokenDialects, { description: "What a token's claims look like" })),
  skip_consent_for_verifiable_first_party_clients: optional(flag()),
  enforce_policies: optional(flag({ description: "Whether people's roles decide" })),
  token_encryption: optional(nullable(record())),
  consent_policy: optional(nullable(text({ maxLength: 100 }))),
  authorization_details: optional(
    nullable(
      list(object({ type: text({ minLength: 1, maxLength: 255, description: 'Its type' }) }, { open: true }), {
        maxItems: 100,
      }),
    ),
  ),
  proof_of_possession: optional(nullable(record())),
  subject_type_authorization: optional(
    object({
      user: optional(object({ policy: optional(oneOf(['allow_all', 'deny_all', 'require_client_grant'])) })),
      client: optional(object({ policy: optional(oneOf(['deny_all', 'require_client_grant'])) })),
    }),
  ),
  authorization_policy: optional(nullable(record())),
  verificationLocation: optional(nullable(text({ maxLength: 2048 }))),
  options: optional(nullable(record())),
  token_exchange: optional(
    nullable(record({ description: "Warifu's own: who may exchange tokens for one of this API" })),
  ),
});

const create = {
  ...members,
  properties: {
    identifier: text({ minLength: 1, maxLength: 600, description: 'Unique identifier for the API; it never changes' }),
    ...(members['properties'] as object),
  },
  required: ['identifier'],
};

const replaced = ['proof_of_possession', 'token_encryption'];

const defaults = {
  allow_offline_access: false,
  skip_consent_for_verifiable_first_party_clients: false,
  subject_type_authorization: { user: { policy: 'allow_all' }, client: { policy: 'require_client_grant' } },
  signing_alg: 'RS256',
  token_lifetime: 86_400,
};

const lifetimes = ['token_lifetime', 'token_lifetime_for_web'];

/** A token for browsers never lives longer than the others, but in a system API, which is as it is. */
function fitted(api: JsonObject): ResourceServer {
  const { token_lifetime, token_lifetime_for_web = 7200, is_system } = api as unknown as ResourceServer;
  const scopes = (api['scopes'] ?? []) as ResourceServer['scopes'];
  const forWeb = is_system ? token_lifetime_for_web : Math.min(token_lifetime_for_web, token_lifetime);
  return { ...api, scopes, token_lifetime_for_web: forWeb } as unknown as ResourceServer;
}

const fixed = ['name', 'scopes'];

function fresh({ ctx }: Call, { identifier, ...body }: JsonObject): ResourceServer {
  const made = { id: id.make(), identifier };
  const system = systemApi(ctx, identifier as string);
  if (!system) return fitted({ ...made, name: identifier, ...defaults, ...mergePatch({}, body) } as JsonObject);
  const own = Object.entries(mergePatch({}, body)).filter(([name]) => ![...fixed, ...lifetimes].includes(name));
  return fitted({ ...made, ...system, ...Object.fromEntries(own) } as unknown as JsonObject);
}

function patched(before: ResourceServer, patch: JsonObject): ResourceServer {
  const refused = before.is_system ? fixed.find((name) => name in patch) : undefined;
  if (refused) throw new ApiError(400, `The ${refused} of a system API cannot be changed.`, 'operation_not_supported');
  const { allow_offline_access, signing_alg, token_lifetime } = defaults;
  const needed = { name: before.identifier, allow_offline_access, signing_alg, token_lifetime };
  return fitted({ ...needed, ...mergePatch(before as unknown as JsonObject, patch, replaced) });
}

/** By id, or by identifier, which tools encode once more than they must. */
async function find(ctx: Context, name: string): Promise<Document<ResourceServer> | undefined> {
  const byId = id.pattern.test(name) ? await apiRecords.find(ctx, name) : undefined;
  return byId ?? (await apiRecords.findByName(ctx, name)) ?? apiRecords.findByName(ctx, decodedOnce(name));
}

function decodedOnce(name: string): string {
  try {
    const decoded = decodeURIComponent(name.replaceAll(/%(?![\da-f]{2})/gi, '%25'));
    // No database's text can hold it.
    return decoded.includes('\0') ? name : decoded;
  } catch {
    // It only looks encoded.
    return name;
  }
}

/** The secret is told to who makes or changes the API, and to nobody else. */
function shown({ body }: Document<ResourceServer>, call: Call): unknown {
  const { signing_secret, ...api } = body;
  const present = Object.fromEntries(Object.entries(api).filter(([, value]) => value !== null));
  const secret = call.body === undefined ? undefined : signingSecret(call.ctx, body);
  return secret === undefined ? present : { ...present, signing_secret: secret };
}

/** Without the Management API there is no way back; the other system APIs can be made again. */
function refuseManagement({ body }: Document<ResourceServer>, { ctx }: Call): void {
  if (body.identifier === managementAudience(ctx.issuer))
    throw new ApiError(400, 'A system API cannot be deleted.', 'operation_not_supported');
}

const declaration: Collection<ResourceServer> = {
  path: '/resource-servers',
  noun: 'resource server',
  scope: 'resource_servers',
  records: apiRecords,
  create,
  update: patchOf(members),
  replaced,
  fresh,
  patched,
  find,
  shown,
  missing: () => new ApiError(404, 'The resource server does not exist', 'inexistent_resource_server'),
  taken: ({ identifier }) => new ApiError(409, `A resource server with the identifier ${identifier} already exists.`),
  removable: refuseManagement,
  removed: ({ body }, { ctx }) => forgetClientGrants(ctx, { audience: body.identifier }),
  query: { identifiers: optional(list(text({ maxLength: 600 }), { description: 'Only these' })) },
  listed: ({ body }, { query }) => query.identifiers?.includes(body.identifier) ?? true,
  fields: true,
};

export const resourceServers: Resource = { name: 'resource-servers', endpoints: collection(declaration) };
