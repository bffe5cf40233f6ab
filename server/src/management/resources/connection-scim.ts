// Owns how companies' directories push their people to a connection: its configuration and its tokens.
import { type AnyConnection, findConnectionById } from '#domain/connections';
import { type Context, tenantName } from '#domain/context';
import {
  changeScim,
  configureScim,
  defaultScimMapping,
  deleteScimToken,
  issueScimToken,
  type ScimConfiguration,
  type ScimToken,
  scimConfigurations,
  supportsScim,
} from '#domain/scim-configurations';
import { ApiError } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { integer, list, nullable, object, oneOf, optional, text } from '../schema.ts';
import { connectionOf } from './connection-collection.ts';

const path = '/connections/{id}/scim-configuration';

const attribute = text({ minLength: 1, maxLength: 2048 });
const mapping = list(object({ auth0: optional(attribute), scim: optional(attribute) }, { open: true }), {
  maxItems: 1000,
  description: 'From where in the SCIM user each property of ours is taken',
});
const userId = text({ minLength: 1, maxLength: 2048, description: "The SCIM attribute that people's ids are made of" });

const verbs = ['get', 'post', 'put', 'patch', 'delete'] as const;
const userScopes = verbs.map((verb) => `${verb}:users` as const);
const groupScopes = verbs.map((verb) => `${verb}:groups` as const);

const missing = () => new ApiError(404, 'Not Found');

/** Directories push only to strategies by which companies sign in. */
async function scimConnectionOf(ctx: Context, id: string): Promise<AnyConnection> {
  const connection = await connectionOf(ctx, id);
  if (supportsScim(connection)) return connection;
  const place = 'https://auth0.com/docs/authenticate/protocols/scim/configure-inbound-scim';
  throw new ApiError(
    404,
    `This connection type does not support SCIM. Please see our documentation for the currently supported connection types: ${place}.`,
  );
}

async function configurationOf(ctx: Context, connectionId: string): Promise<ScimConfiguration> {
  await scimConnectionOf(ctx, connectionId);
  const found = await scimConfigurations.find(ctx, connectionId);
  if (!found) throw missing();
  return found.body;
}

const iso = (at: number) => new Date(at).toISOString();

function shown(ctx: Context, { name, strategy }: AnyConnection, configuration: ScimConfiguration): object {
  const { connection_id, mapping, user_id_attribute, created_at, updated_at } = configuration;
  return {
    tenant_name: tenantName(ctx),
    connection_id,
    connection_name: name,
    strategy,
    mapping,
    updated_on: iso(updated_at),
    created_at: iso(created_at),
    user_id_attribute,
  };
}

function shownToken({ token_id, scopes, created_at, valid_until, last_used_at }: ScimToken): object {
  return {
    token_id,
    scopes,
    created_at: iso(created_at),
    ...(valid_until === undefined ? {} : { valid_until: iso(valid_until) }),
    ...(last_used_at === undefined ? {} : { last_used_at: iso(last_used_at) }),
  };
}

const configuration: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: 'Read how a directory pushes to a connection',
    scopes: ['read:scim_config'],
    run: async ({ ctx, params }) => {
      const found = await configurationOf(ctx, params.id);
      return shown(ctx, await connectionOf(ctx, params.id), found);
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Let a directory push to a connection',
    scopes: ['create:scim_config'],
    body: object({ user_id_attribute: optional(userId), mapping: optional(mapping) }),
    run: async ({ ctx, params, body, change }) => {
      const connection = await scimConnectionOf(ctx, params.id);
      const made = shown(ctx, connection, await configureScim(ctx, connection, body));
      change.after = made;
      return made;
    },
  }),
  endpoint({
    method: 'PATCH',
    path,
    summary: 'Change how a directory pushes to a connection',
    scopes: ['update:scim_config'],
    body: object({ user_id_attribute: userId, mapping }),
    run: async ({ ctx, params, body, change }) => {
      const connection = await scimConnectionOf(ctx, params.id);
      change.before = shown(ctx, connection, await configurationOf(ctx, params.id));
      const changed = await changeScim(ctx, params.id, body);
      if (!changed) throw missing();
      change.after = shown(ctx, connection, changed);
      return change.after;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Let no directory push to a connection any more; its tokens end',
    scopes: ['delete:scim_config'],
    run: async ({ ctx, params, change }) => {
      const connection = await scimConnectionOf(ctx, params.id);
      const found = await scimConfigurations.find(ctx, params.id);
      if (found) change.before = shown(ctx, connection, found.body);
      await scimConfigurations.remove(ctx, params.id);
    },
  }),
  endpoint({
    method: 'GET',
    path: `${path}/default-mapping` as const,
    summary: "Read what a strategy's directories usually send, and where it goes",
    scopes: ['read:scim_config'],
    run: async ({ ctx, params }) => {
      const { strategy } = await scimConnectionOf(ctx, params.id);
      return { mapping: defaultScimMapping(strategy) };
    },
  }),
];

const tokens: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: `${path}/tokens` as const,
    summary: 'List the tokens by which a directory pushes to a connection',
    scopes: ['read:scim_token'],
    run: async ({ ctx, params }) => (await configurationOf(ctx, params.id)).tokens.map(shownToken),
  }),
  endpoint({
    method: 'POST',
    path: `${path}/tokens` as const,
    summary: 'Issue a token by which a directory pushes to a connection; it is told only now',
    scopes: ['create:scim_token'],
    body: object({
      scopes: optional(
        list(oneOf([...userScopes, ...groupScopes]), { minItems: 1, uniqueItems: true, description: 'What it may do' }),
      ),
      token_lifetime: optional(
        nullable(integer({ minimum: 900, maximum: 10 ** 10, description: 'Seconds; none: until it is deleted' })),
      ),
    }),
    run: async ({ ctx, params, body: { scopes = userScopes, token_lifetime }, change }) => {
      await configurationOf(ctx, params.id);
      const issued = await issueScimToken(ctx, params.id, { scopes, lifetimeSec: token_lifetime ?? undefined });
      if (!issued) throw missing();
      change.after = shownToken(issued.kept);
      return { ...shownToken(issued.kept), token: issued.token };
    },
  }),
  endpoint({
    method: 'DELETE',
    path: `${path}/tokens/{tokenId}` as const,
    summary: 'End a token by which a directory pushes to a connection',
    scopes: ['delete:scim_token'],
    run: async ({ ctx, params, change }) => {
      await scimConnectionOf(ctx, params.id);
      const found = await scimConfigurations.find(ctx, params.id);
      const token = found?.body.tokens.find(({ token_id }) => token_id === params.tokenId);
      if (token) change.before = shownToken(token);
      await deleteScimToken(ctx, params.id, params.tokenId);
    },
  }),
];

export const connectionScim: readonly Endpoint[] = [...configuration, ...tokens];

export const connectionsScimConfigurations: Resource = {
  name: 'connections-scim-configurations',
  endpoints: [
    listing({
      path: '/connections-scim-configurations',
      summary: 'List how directories push to connections',
      scopes: ['read:scim_config'],
      key: 'scim_configurations',
      ways: 'checkpoint',
      page: async ({ ctx }, window) => {
        const page = pageOf(await scimConfigurations.list(ctx), window, ({ id }) => id);
        const found = await Promise.all(
          (page.items as Awaited<ReturnType<typeof scimConfigurations.list>>).map(async ({ id, body }) => {
            const connection = await findConnectionById(ctx, id);
            return connection ? [shown(ctx, connection, body)] : [];
          }),
        );
        return { ...page, items: found.flat() };
      },
    }),
  ],
};
