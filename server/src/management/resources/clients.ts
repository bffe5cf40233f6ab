// Owns /api/v2/clients: the applications.

import { forgetClient } from '#domain/client-removal';
import { findClientIds } from '#domain/client-search';
import { clientRecords, rotateClientSecret, sealedClientSecret } from '#domain/clients';
import { ApiError, invalidBody } from '#protocol/api-error';
import type { Client, ClientCredential } from '#protocol/client';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection, findOne } from '../collection.ts';
import { type Call, type Endpoint, endpoint, type Resource } from '../resource.ts';
import { flag, optional, text } from '../schema.ts';
import { clientCredentials, makeCredential } from './client-credentials.ts';
import { completed, freshClient } from './client-defaults.ts';
import { changeClientBody, createClientBody } from './client-schema.ts';
import { shownClient } from './client-view.ts';

const missing = () => new ApiError(404, 'The client does not exist', 'inexistent_client');

/** An older name of what became more. */
function withOneLogout({ oidc_backchannel_logout: old, ...sent }: JsonObject): JsonObject {
  if (!isJsonObject(old) || 'oidc_logout' in sent) return sent;
  return { ...sent, oidc_logout: old };
}

/** The credentials that are sent along are made, and named where they were. */
function withCredentials(call: Call, sent: JsonObject): { settings: JsonObject; made: readonly ClientCredential[] } {
  const made: ClientCredential[] = [];
  const referred = (holder: unknown): unknown => {
    if (!isJsonObject(holder) || !Array.isArray(holder['credentials'])) return holder;
    const credentials = holder['credentials'].map((one: JsonObject) => {
      if (typeof one['id'] === 'string') return { id: one['id'] };
      const credential = makeCredential(call.ctx, one);
      made.push(credential);
      return { id: credential.id };
    });
    return { ...holder, credentials };
  };
  const { client_authentication_methods: methods, signed_request_object } = sent;
  const settings = {
    ...sent,
    ...(isJsonObject(methods)
      ? {
          client_authentication_methods: Object.fromEntries(
            Object.entries(methods).map(([name, value]) => [name, referred(value)]),
          ),
        }
      : {}),
    ...(signed_request_object === undefined ? {} : { signed_request_object: referred(signed_request_object) }),
  };
  return { settings, made };
}

/** Machines can only act for an organization that is named, in a flow that is named. */
function checkDefaultOrganization(client: Client): Client {
  const { default_organization: chosen } = client as Client & {
    default_organization?: Partial<Record<'organization_id' | 'flows', unknown>>;
  };
  if (chosen && (chosen.organization_id === undefined || chosen.flows === undefined)) {
    throw invalidBody('default_organization needs an organization_id and flows.');
  }
  return client;
}

/** A reference to a credential that the application has not would let nobody in, silently. */
function checkReferences(client: Client): Client {
  const { client_authentication_methods: methods = {}, signed_request_object, credentials = [] } = client;
  const named = [...Object.values(methods), signed_request_object].flatMap((holder) => holder?.credentials ?? []);
  const unknown = named.find(({ id }) => !credentials.some((credential) => credential.id === id));
  if (unknown) throw invalidBody(`The client has no credential with the id ${unknown.id}.`);
  return checkDefaultOrganization(client);
}

function fresh(call: Call, body: JsonObject): Client {
  const { settings, made } = withCredentials(call, withOneLogout(mergePatch({}, body)));
  const { client_secret: given, ...rest } = settings;
  const client = { ...freshClient(rest), ...(made.length > 0 ? { credentials: made } : {}) };
  const secret = sealedClientSecret(call.ctx, given as string | undefined);
  return checkReferences({ ...client, client_secret: secret });
}

const mergedWhole = [
  'client_authentication_methods',
  'signed_request_object',
  'default_organization',
  'token_quota',
  'addons',
];

function patched(before: Client, patch: JsonObject, call: Call): Client {
  const { settings, made } = withCredentials(call, withOneLogout(patch));
  const { client_secret: given, ...rest } = settings;
  const after = completed(mergePatch(before as unknown as JsonObject, rest, mergedWhole));
  const secret = typeof given === 'string' ? sealedClientSecret(call.ctx, given) : before.client_secret;
  // Whoever proves itself by a secret from now on has one.
  const needed =
    secret ?? (after.token_endpoint_auth_method.startsWith('client_secret') ? sealedClientSecret(call.ctx) : undefined);
  return checkReferences({
    ...after,
    ...(needed === undefined ? {} : { client_secret: needed }),
    ...(made.length > 0 ? { credentials: [...(before.credentials ?? []), ...made] } : {}),
  });
}

const read = ['read:clients', 'read:client_keys', 'read:client_credentials', 'read:client_summary'];

const declaration: Collection<Client> = {
  path: '/clients',
  noun: 'client',
  scope: {
    read,
    create: ['create:clients'],
    update: [
      'update:clients',
      'update:client_keys',
      'update:client_credentials',
      'update:client_token_vault_privileged_access',
    ],
    delete: ['delete:clients'],
  },
  records: clientRecords,
  create: createClientBody,
  update: changeClientBody,
  fresh,
  patched,
  idOf: ({ client_id }) => client_id,
  idName: 'client_id',
  shown: shownClient,
  missing,
  removable: ({ body }) => {
    if (body.global) throw new ApiError(400, 'The global client cannot be deleted.', 'operation_not_supported');
  },
  removed: ({ id }, { ctx }) => forgetClient(ctx, id),
  query: {
    is_global: optional(flag({ description: 'Whether the global client is listed, alone' })),
    is_first_party: optional(flag({ description: "Only the tenant's own, or only others'" })),
    app_type: optional(text({ maxLength: 500, description: 'Kinds, with commas between' })),
    external_client_id: optional(
      text({ maxLength: 2048, description: 'The address that a client registered itself by' }),
    ),
    q: optional(
      text({
        maxLength: 500,
        description: 'client_grant.organization_id:{id} or client_grant.allow_any_organization:true',
      }),
    ),
  },
  found: async ({ ctx, query: { q } }) => {
    const ids = q === undefined ? undefined : await findClientIds(ctx, q);
    return ({ id }) => ids?.has(id) ?? true;
  },
  listed: ({ body }, { query }) =>
    (query.is_global ?? body.global ?? false) === (body.global ?? false) &&
    (query.is_first_party ?? body.is_first_party) === body.is_first_party &&
    query.external_client_id === undefined &&
    (query.app_type === undefined || query.app_type.split(',').includes(body.app_type)),
  paging: { withLength: true },
  fields: true,
  alwaysShown: ['tenant'],
};

const rotation: Endpoint = endpoint({
  method: 'POST',
  path: '/clients/{id}/rotate-secret',
  summary: 'Give a client a new secret; the one it had ends at once',
  scopes: ['update:client_keys'],
  status: 200,
  run: async (call) => {
    const { ctx, params } = call;
    const { body } = await findOne(declaration, ctx, params.id);
    if (body.client_secret === undefined) throw invalidBody('The client keeps no secret.');
    await rotateClientSecret(ctx, params.id, { overlapSeconds: 0 });
    return shownClient(await findOne(declaration, ctx, params.id), call);
  },
});

export const clients: Resource = {
  name: 'clients',
  endpoints: [...collection(declaration), rotation, ...clientCredentials(declaration)],
};
