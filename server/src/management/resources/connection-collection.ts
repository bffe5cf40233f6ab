// Owns connections as a collection: what one is made of, what is shown of it, and which there may be beside each other.
import { changedOptions } from '#domain/connection-options';
import { announceRemoval, forgetConnection, isGoing } from '#domain/connection-removal';
import { checkOptionsInUse, checkRealms } from '#domain/connection-rules';
import { type AnyConnection, connectionRecords, newConnection } from '#domain/connections';
import type { Context } from '#domain/context';
import { withProviderMetadata } from '#domain/provider-metadata';
import type { Document } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { isJsonObject, type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, findOne } from '../collection.ts';
import { Answer, type Call } from '../resource.ts';
import { list, optional, text } from '../schema.ts';
import { sealMembers, unsealMembers } from '../secret-members.ts';
import { changeConnectionBody, connectionStrategy, createConnectionBody } from './connection-schema.ts';

/** What is sealed in options; whoever may read connections is shown it, as at Auth0. */
const secrets = [
  'options.client_secret',
  'options.app_secret',
  'options.consumer_secret',
  'options.consumerSecret',
  'options.customHeaders.*',
  'options.api_key',
  'options.twilio_token',
  'options.gateway_authentication.secret',
  'options.signing_key.key',
  'options.decryptionKey.key',
  'options.admin_access_token',
  'options.admin_refresh_token',
];

/** Of these Auth0 shows nobody the values again. */
const scriptSettings = ['options.configuration.*'];

const taken = () => new ApiError(409, 'A connection with the same name already exists', 'connection_conflict');

const going = () =>
  new ApiError(409, 'A connection with the same name is being deleted, try again later', 'connection_conflict');

function fresh({ ctx }: Call, body: JsonObject): AnyConnection {
  const { options: _options, ...sent } = mergePatch({}, body) as JsonObject & { name: string; strategy: string };
  checkCrossAppAccess(sent);
  const connection = newConnection(ctx, { ...sent, options: body['options'] }) as unknown as JsonObject;
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

/** What scripts may read is shown sealed; who sends it back as it was shown changes nothing. */
function withKnownSettings(sealed: JsonObject, sent: JsonObject, before: JsonObject): JsonObject {
  const [now, said, known] = [sealed, sent, before].map((options) => options['configuration']);
  if (!isJsonObject(now) || !isJsonObject(said) || !isJsonObject(known)) return sealed;
  const kept = Object.entries(now).map(([name, value]) => [name, said[name] === known[name] ? known[name] : value]);
  return { ...sealed, configuration: Object.fromEntries(kept) };
}

function patched(before: AnyConnection, patch: JsonObject, { ctx }: Call): AnyConnection {
  const { options, ...sent } = patch;
  checkCrossAppAccess({ ...sent, strategy: before.strategy });
  const merged = mergePatch(before as unknown as JsonObject, sent) as unknown as AnyConnection;
  const withLists = { ...merged, enabled_clients: merged.enabled_clients ?? [] };
  if (!isJsonObject(options)) return withLists;
  const sealed = sealMembers(ctx, { options }, [...secrets, ...scriptSettings])['options'] as JsonObject;
  const changed = changedOptions(before.strategy, before.options, withKnownSettings(sealed, options, before.options));
  checkUnique(before.options, changed);
  return { ...withLists, options: changed };
}

async function acceptable({ ctx, params }: Call, sent: JsonObject): Promise<void> {
  const before = params.id === undefined ? undefined : await connectionOf(ctx, params.id);
  // Whoever sends a name that is taken is told so, and not of the realm which follows from it.
  if (!before && (await connectionRecords.findByName(ctx, sent['name'] as string))) throw taken();
  if (!before && (await isGoing(ctx, sent['name'] as string))) throw going();
  const realms = sent['realms'] ?? (before ? [] : [sent['name']]);
  await checkRealms(ctx, realms as string[], before?.id);
  if (before && isJsonObject(sent['options'])) await checkOptionsInUse(ctx, before, sent['options']);
}

/** With what the provider says of itself. */
async function prepared({ ctx, params }: Call, sent: JsonObject): Promise<JsonObject> {
  const { options } = sent;
  if (!isJsonObject(options)) return sent;
  const strategy = params.id === undefined ? sent['strategy'] : (await connectionOf(ctx, params.id)).strategy;
  return { ...sent, options: await withProviderMetadata(ctx, strategy as string, options) };
}

/** A connection as callers see it. */
export function shownConnection({ body }: Document<AnyConnection>, { ctx }: Pick<Call, 'ctx'>): JsonObject {
  return unsealMembers(ctx, body as unknown as JsonObject, secrets);
}

const missing = () => new ApiError(404, 'The connection does not exist', 'inexistent_connection');

/** What `fields` may name. */
const fields = [
  'name',
  'display_name',
  'strategy',
  'options',
  'id',
  'provisioning_ticket_url',
  'metadata',
  'show_as_button',
  'clients',
  'authentication',
  'connected_accounts',
  'cross_app_access_requesting_app',
  'cross_app_access_resource_app',
  'enabled_clients',
  'realms',
  'is_domain_connection',
];

export const connectionFields = {
  query: {
    fields: optional(
      text({
        pattern: `^(?:${fields.join('|')})(?:,(?:${fields.join('|')}))*$`,
        maxLength: 1000,
        description: 'Members to include or leave out, separated by commas',
      }),
    ),
  },
  always: ['id', 'is_domain_connection', 'authentication', 'connected_accounts'],
};

export const connectionCollection: Collection<AnyConnection> = {
  path: '/connections',
  noun: 'connection',
  scope: 'connections',
  records: connectionRecords,
  create: createConnectionBody,
  update: changeConnectionBody,
  acceptable,
  prepared,
  fresh,
  patched,
  shown: shownConnection,
  missing,
  taken,
  deleted: (now) => new Answer(202, { deleted_at: new Date(now).toISOString() }),
  removable: ({ body }, { ctx }) => announceRemoval(ctx, body),
  removed: ({ body }, { ctx }) => forgetConnection(ctx, body),
  query: {
    ...connectionFields.query,
    strategy: optional(list(connectionStrategy, { description: 'Only of these kinds' })),
    name: optional(text({ maxLength: 128, description: 'Only the one of this name' })),
    domain_alias: optional(text({ maxLength: 253, description: 'Only those for people of this domain' })),
  },
  listed: ({ body }, { query }) =>
    (query.strategy?.includes(body.strategy) ?? true) &&
    (query.name ?? body.name) === body.name &&
    hasAlias(body.options['domain_aliases'], query.domain_alias),
  fields: true,
  alwaysShown: connectionFields.always,
};

function hasAlias(aliases: unknown, wanted: string | undefined): boolean {
  return wanted === undefined || (Array.isArray(aliases) && aliases.includes(wanted));
}

/** The connection of a path, or its refusal. */
export async function connectionOf(ctx: Context, connectionId: string): Promise<AnyConnection> {
  return (await findOne(connectionCollection, ctx, connectionId)).body;
}
