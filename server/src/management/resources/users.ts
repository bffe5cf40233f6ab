// Owns /api/v2/users: the people.
import type { AccountSettings } from '#domain/account-rows';
import { type FoundAccounts, findAccount, searchAccounts } from '#domain/account-search';
import { changeAccount, createAccount, removeAccount, removeAccountByEmail } from '#domain/accounts';
import { findConnection, findConnectionById } from '#domain/connections';
import type { Context } from '#domain/context';
import { InvalidSetting, Taken } from '#domain/refusals';
import { ApiError, invalidBody, invalidQuery } from '#protocol/api-error';
import type { Page, Window } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { flag, nullable, object, oneOf, optional, record, text } from '../schema.ts';
import { userAccess } from './user-access.ts';
import { userAuthenticationMethods } from './user-authentication-methods.ts';
import { userConnectedAccounts } from './user-connected-accounts.ts';
import { userIdentities } from './user-identities.ts';
import { userPermissions } from './user-permissions.ts';

const name = (description: string) => optional(nullable(text({ maxLength: 300, description })));

const profile = {
  email: optional(nullable(text({ maxLength: 320, description: 'E-mail address' }))),
  email_verified: optional(flag({ description: 'Whether it is proved to be theirs' })),
  username: optional(nullable(text({ minLength: 1, maxLength: 128, description: 'Name to sign in by' }))),
  phone_number: optional(nullable(text({ pattern: '^\\+[0-9]{1,15}$', description: 'Phone number, E.164' }))),
  phone_verified: optional(flag({ description: 'Whether it is proved to be theirs' })),
  password: optional(nullable(text({ minLength: 1, maxLength: 4096, description: 'Password' }))),
  given_name: name('Given name'),
  family_name: name('Family name'),
  name: name('Name'),
  nickname: name('Nickname'),
  picture: optional(nullable(text({ maxLength: 2048, description: 'Address of a picture' }))),
  blocked: optional(flag({ description: 'Whether they may not sign in' })),
  user_metadata: optional(nullable(record({ description: 'What the person may see and change' }))),
  app_metadata: optional(nullable(record({ description: 'What applications decide by' }))),
  verify_email: optional(flag({ description: 'Whether they are asked to prove their address' })),
};

const create = object({
  connection: text({ minLength: 1, maxLength: 128, description: 'Name of the connection' }),
  user_id: optional(text({ maxLength: 255, pattern: '^\\S*$', description: 'The part of the id after the bar' })),
  ...profile,
});

const update = object({
  connection: optional(text({ minLength: 1, maxLength: 128, description: 'Which connection the change is for' })),
  client_id: optional(text({ maxLength: 200 })),
  verify_phone_number: optional(flag()),
  verify_password: optional(flag()),
  ...profile,
});

const missing = () => new ApiError(404, 'The user does not exist.', 'inexistent_user');

async function accountOf(ctx: Context, id: string): Promise<Record<string, unknown>> {
  const account = await findAccount(ctx, id);
  if (!account) throw missing();
  return account;
}

async function connectionNamed(ctx: Context, connection: string) {
  const found = await findConnection(ctx, connection);
  if (!found) throw new ApiError(400, 'The connection does not exist', 'inexistent_connection');
  return found;
}

/** Auth0 has a code of its own for what its database refuses. */
function idpError(error: unknown): unknown {
  return error instanceof Taken ? new ApiError(409, error.message, 'auth0_idp_error') : error;
}

async function makeUser(call: Call): Promise<unknown> {
  const { ctx, body, change } = call;
  const { verify_email, connection, ...settings } = body;
  const id = await createAccount(ctx, { connection: await connectionNamed(ctx, connection), ...settings }).catch(
    (error: unknown) => {
      throw idpError(error);
    },
  );
  change.after = await accountOf(ctx, id);
  return change.after;
}

/** What a token may change: everything, what applications decide by, or the person's own words. Throws invalid_body. */
function checkMembers({ caller, params, body }: Call): void {
  if (caller.may('update:users')) return;
  const isSelf = caller.token.sub === params.id && caller.may('update:current_user_metadata');
  const allowed = [
    ...(caller.may('update:users_app_metadata') ? ['app_metadata'] : []),
    ...(isSelf ? ['user_metadata'] : []),
  ];
  const others = Object.keys(body).filter((member) => !allowed.includes(member));
  if (others.length > 0) {
    const message = `With this token only ${allowed.join(' and ')} can be changed, not ${others.join(', ')}. Ask for update:users.`;
    throw new ApiError(403, message, 'insufficient_scope');
  }
}

async function changeUser(call: Call): Promise<unknown> {
  const { ctx, params, body, change } = call;
  checkMembers(call);
  const { verify_email, verify_password, verify_phone_number, client_id, connection, ...settings } = body;
  change.before = await accountOf(ctx, params.id);
  const named = connection ?? (settings.password == null ? undefined : databaseOf(change.before as object));
  const target = named === undefined ? undefined : await connectionNamed(ctx, named);
  const changed = await changeAccount(ctx, params.id, settings as AccountSettings, target).catch((error: unknown) => {
    throw idpError(error);
  });
  if (!changed) throw missing();
  change.after = await accountOf(ctx, params.id);
  return change.after;
}

/** Where a person's password is, if that is clear. */
function databaseOf(account: { identities?: readonly { provider: string; connection: string }[] }): string | undefined {
  return account.identities?.find(({ provider }) => provider === 'auth0')?.connection;
}

const mostByPage = 1000;

async function pageOfUsers(call: Call, window: Window): Promise<Page> {
  const { q, sort, connection } = call.query;
  if (window.by === 'offset' && window.start + window.limit > mostByPage && window.start > 0) {
    throw new ApiError(
      400,
      `You can only page through the first ${mostByPage} records. Use a narrower query, take and from, or an export.`,
      'invalid_paging',
    );
  }
  const within =
    connection === undefined
      ? q
      : [q === undefined ? undefined : `(${q})`, `identities.connection:"${connection}"`].filter(Boolean).join(' AND ');
  const place =
    window.by === 'offset'
      ? { start: window.start, limit: window.limit }
      : { after: window.from ?? '', limit: window.limit };
  const search = { q: within, sort, window: place, totals: window.by === 'offset' && window.totals };
  try {
    const found: FoundAccounts = await searchAccounts(call.ctx, search);
    return window.by === 'offset'
      ? { items: found.items, total: found.total }
      : { items: found.items, next: found.next };
  } catch (error) {
    throw error instanceof InvalidSetting ? invalidQuery(error.message) : error;
  }
}

const read = ['read:users', 'read:user_idp_tokens'];

const accounts: readonly Endpoint[] = [
  listing({
    path: '/users',
    summary: 'List and search people',
    scopes: read,
    key: 'users',
    withLength: true,
    fields: true,
    query: {
      q: optional(text({ maxLength: 4000, description: "Query in Lucene's language" })),
      sort: optional(text({ maxLength: 100, description: 'field:1 or field:-1' })),
      connection: optional(text({ maxLength: 128, pattern: '^[^"\\\\]*$', description: 'Only those of a connection' })),
      search_engine: optional(oneOf(['v1', 'v2', 'v3'], { description: 'Whatever is asked for, it is v3' })),
      primary_order: optional(flag()),
    },
    page: (call, window) => pageOfUsers(call as Call, window),
  }),
  endpoint({
    method: 'POST',
    path: '/users',
    summary: 'Create a person',
    scopes: ['create:users'],
    body: create,
    run: makeUser,
  }),
  endpoint({
    method: 'GET',
    path: '/users/{id}',
    summary: 'Read a person',
    scopes: [...read],
    selfScopes: ['read:current_user'],
    fields: true,
    run: ({ ctx, params }) => accountOf(ctx, params.id),
  }),
  endpoint({
    method: 'PATCH',
    path: '/users/{id}',
    summary: 'Change a person',
    scopes: ['update:users', 'update:users_app_metadata'],
    selfScopes: ['update:current_user_metadata'],
    body: update,
    run: (call) => changeUser(call as Call),
  }),
  endpoint({
    method: 'DELETE',
    path: '/connections/{id}/users',
    summary: 'Delete the person with an address from a database',
    scopes: ['delete:users'],
    query: { email: text({ minLength: 1, maxLength: 320, description: 'E-mail address' }) },
    run: async ({ ctx, params, query }) => {
      const connection = await findConnectionById(ctx, params.id);
      if (!connection) throw new ApiError(404, 'The connection does not exist', 'inexistent_connection');
      if (connection.strategy !== 'auth0') throw invalidBody('Connection must be a database connection');
      await removeAccountByEmail(ctx, connection, query.email);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}',
    summary: 'Delete a person',
    scopes: ['delete:users'],
    selfScopes: ['delete:current_user'],
    run: async ({ ctx, params, change }) => {
      change.before = await findAccount(ctx, params.id);
      await removeAccount(ctx, params.id);
    },
  }),
];

export const users: Resource = {
  name: 'users',
  endpoints: [
    ...accounts,
    ...userIdentities,
    ...userPermissions,
    ...userAccess,
    ...userAuthenticationMethods,
    ...userConnectedAccounts,
  ],
};
