// Owns /api/v2/connections: the sources of people.
import { randomAlphanumeric } from '#crypto/random';
import { changedOptions, freshOptions, strategyNames, strategyOf } from '#domain/connection-options';
import { type AnyConnection, connectionRecords, enableClients } from '#domain/connections';
import type { Document } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection, findOne } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { pageOf } from '../paging.ts';
import { Answer, type Call, type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { flag, list, nullable, object, oneOf, optional, record, text } from '../schema.ts';
import { sealMembers, unsealMembers } from '../secret-members.ts';

const id = prefixed('connection-id', 'con_', 16);

const changeable = {
  display_name: optional(nullable(text({ maxLength: 128, description: 'What people read' }))),
  options: optional(nullable(record({ description: "The strategy's options; a change replaces all of them" }))),
  enabled_clients: optional(
    nullable(list(text({ maxLength: 200 }), { maxItems: 10_000, description: 'Who may use it' })),
  ),
  is_domain_connection: optional(flag({ description: 'Whether every application may use it' })),
  show_as_button: optional(nullable(flag())),
  realms: optional(list(text({ maxLength: 128 }), { maxItems: 100 })),
  metadata: optional(nullable(record({ description: 'Free texts' }))),
  authentication: optional(nullable(object({ active: flag() }, { open: true }))),
  connected_accounts: optional(nullable(object({ active: flag() }, { open: true }))),
  cross_app_access_requesting_app: optional(nullable(object({ active: flag() }, { open: true }))),
  cross_app_access_resource_app: optional(nullable(record())),
};

const strategy = oneOf(strategyNames, { description: 'The kind of source' });

const create = object({
  name: text({
    pattern: '^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$',
    maxLength: 128,
    description: 'Its name; it never changes',
  }),
  strategy,
  ...changeable,
});

const update = object(changeable);

/** What is sealed in options; whoever may read connections is shown it, as at Auth0. */
const secrets = [
  'options.client_secret',
  'options.app_secret',
  'options.consumer_secret',
  'options.api_key',
  'options.twilio_token',
  'options.gateway_authentication.secret',
  'options.signing_key.key',
  'options.decryptionKey.key',
];

/** Of these Auth0 shows nobody the values again. */
const scriptSettings = ['options.configuration.*'];

type Extended = AnyConnection & JsonObject;

function fresh({ ctx }: Call, body: JsonObject): AnyConnection {
  const { options, ...sent } = mergePatch({}, body) as JsonObject & { name: string; strategy: string };
  checkCrossAppAccess(sent);
  const { isEnterprise, hasDisplayName } = strategyOf(sent.strategy);
  const ticket = randomAlphanumeric(8);
  const connection = {
    id: id.make(),
    is_domain_connection: false,
    enabled_clients: [],
    realms: [sent.name],
    authentication: { active: true },
    connected_accounts: { active: false },
    ...(isEnterprise
      ? { show_as_button: false, provisioning_ticket_url: `${ctx.issuer}p/${sent.strategy}/${ticket}` }
      : {}),
    ...(hasDisplayName ? { display_name: sent.name } : {}),
    ...sent,
    options: freshOptions(sent.strategy, body['options']),
  };
  return sealMembers(ctx, connection, [...secrets, ...scriptSettings]) as unknown as AnyConnection;
}

function checkCrossAppAccess({ strategy: name, cross_app_access_requesting_app: asked }: JsonObject): void {
  if (!isJsonObject(asked) || !asked['active'] || name === 'oidc' || name === 'okta') return;
  const message = 'Cross App Access Requesting App is not supported for this connection.';
  throw new ApiError(400, message, 'operation_not_supported');
}

function checkUnique(before: JsonObject, after: JsonObject): void {
  const uniqueOf = (options: JsonObject) => {
    const { email } = (options['attributes'] ?? {}) as { email?: { unique?: boolean } };
    return email?.unique;
  };
  if (uniqueOf(after) === false && uniqueOf(before) !== false) {
    throw new ApiError(400, 'cannot add non-unique email attribute', 'invalid_body');
  }
}

function patched(before: AnyConnection, patch: JsonObject, { ctx }: Call): AnyConnection {
  const { options, ...sent } = patch;
  checkCrossAppAccess({ ...sent, strategy: before.strategy });
  const merged = mergePatch(before as unknown as JsonObject, sent) as Extended;
  const withLists = { ...merged, enabled_clients: merged.enabled_clients ?? [] };
  if (!isJsonObject(options)) return withLists;
  const sealed = sealMembers(ctx, { options }, [...secrets, ...scriptSettings])['options'] as JsonObject;
  const changed = changedOptions(before.strategy, before.options, sealed);
  checkUnique(before.options, changed);
  return { ...withLists, options: changed };
}

function shown({ body }: Document<AnyConnection>, { ctx }: Call): JsonObject {
  return unsealMembers(ctx, body as unknown as JsonObject, secrets);
}

const missing = () => new ApiError(404, 'The connection does not exist', 'inexistent_connection');

export const connectionDeclaration: Collection<AnyConnection> = {
  path: '/connections',
  noun: 'connection',
  scope: 'connections',
  records: connectionRecords,
  create,
  update,
  fresh,
  patched,
  shown,
  missing,
  taken: () => new ApiError(409, 'A connection with the same name already exists', 'connection_conflict'),
  deleted: (now) => new Answer(202, { deleted_at: new Date(now).toISOString() }),
  query: {
    strategy: optional(list(strategy, { description: 'Only of these kinds' })),
    name: optional(text({ maxLength: 128, description: 'Only the one of this name' })),
    domain_alias: optional(text({ maxLength: 253 })),
  },
  listed: ({ body }, { query }) =>
    (query.strategy?.includes(body.strategy) ?? true) &&
    (query.name ?? body.name) === body.name &&
    (query.domain_alias === undefined ||
      JSON.stringify(body.options['domain_aliases'] ?? []).includes(JSON.stringify(query.domain_alias))),
  fields: true,
  alwaysShown: ['is_domain_connection'],
};

const path = '/connections/{id}/clients';

const enabledClients: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List the clients that may use a connection',
    scopes: ['read:connections'],
    key: 'clients',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) => {
      const { enabled_clients } = (await findOne(connectionDeclaration, ctx, params.id)).body;
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
    run: async ({ ctx, params, body }) => {
      await findOne(connectionDeclaration, ctx, params.id);
      await enableClients(ctx, params.id, body);
    },
  }),
  listing({
    path: '/clients/{id}/connections',
    summary: 'List the connections that a client may use',
    scopes: ['read:connections', 'read:clients', 'read:client_summary'],
    key: 'connections',
    ways: 'checkpoint',
    fields: true,
    query: { strategy: optional(list(strategy, { description: 'Only of these kinds' })) },
    page: async (call, window) => {
      const all = (await connectionRecords.list(call.ctx)).filter(
        ({ body }) =>
          body.enabled_clients.includes(call.params.id) &&
          (call.query.strategy?.includes(body.strategy as never) ?? true),
      );
      const page = pageOf(all, window, (connection) => connection.id);
      return { ...page, items: (page.items as typeof all).map((connection) => shown(connection, call as Call)) };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/connections/{id}/status',
    summary: 'Read whether the agent of a directory is there',
    scopes: ['read:connections'],
    run: async ({ ctx, params }) => {
      await findOne(connectionDeclaration, ctx, params.id);
      throw new ApiError(404, 'The connection is offline', 'connection_offline');
    },
  }),
];

export const connections: Resource = {
  name: 'connections',
  endpoints: [...collection(connectionDeclaration), ...enabledClients],
};
