// Owns /api/v2/refresh-tokens: one refresh token of whomever, or many at once.
import {
  type AccessMetadata,
  endRefreshTokens,
  endRefreshTokensOfClient,
  findRefreshTokenById,
  keepRefreshTokenMetadata,
  listRefreshTokens,
} from '#domain/account-access';
import { endUserTokens } from '#domain/account-endings';
import { findClient } from '#domain/clients';
import type { Context } from '#domain/context';
import { findUser } from '#domain/users';
import { ApiError, invalidBody } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { list, nullable, object, optional, record, type TypeOf, text } from '../schema.ts';

const missing = () => new ApiError(404, 'The refresh token does not exist.', 'inexistent_refresh_token');

const change = object({
  refresh_token_metadata: nullable(record({ maxProperties: 25, description: 'What applications keep with it' })),
});

const revocation = object(
  {
    ids: optional(list(text({ minLength: 1, maxLength: 30 }), { minItems: 1, maxItems: 100, description: 'These' })),
    user_id: optional(text({ minLength: 1, maxLength: 300, description: 'All of a person' })),
    client_id: optional(text({ minLength: 1, maxLength: 64, description: 'All of an application' })),
  },
  { minProperties: 1 },
);

async function revoke(ctx: Context, { ids, user_id, client_id }: TypeOf<typeof revocation>): Promise<void> {
  if (ids && (user_id !== undefined || client_id !== undefined)) {
    throw invalidBody('Invalid combination of parameters: send ids alone, or user_id, client_id or both.');
  }
  if (user_id !== undefined && !(await findUser(ctx, user_id))) throw invalidBody('User not found.');
  if (client_id !== undefined && !(await findClient(ctx, client_id))) throw invalidBody('Client not found.');
  if (ids) await endRefreshTokens(ctx, ids);
  else if (user_id !== undefined) await endUserTokens(ctx, user_id, client_id);
  else if (client_id !== undefined) await endRefreshTokensOfClient(ctx, client_id);
}

const path = '/refresh-tokens/{id}';

const endpoints: readonly Endpoint[] = [
  listing({
    path: '/refresh-tokens',
    summary: "List a person's refresh tokens",
    scopes: ['read:refresh_tokens'],
    key: 'refresh_tokens',
    ways: 'checkpoint',
    fields: true,
    query: {
      user_id: text({ maxLength: 300, description: 'The person' }),
      client_id: optional(text({ maxLength: 200, description: 'Only those of an application' })),
    },
    page: async ({ ctx, query: { user_id, client_id } }, window) => {
      const all = await listRefreshTokens(ctx, user_id);
      const some = client_id === undefined ? all : all.filter((token) => token.client_id === client_id);
      return pageOf(some, window, ({ id }) => id);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/refresh-tokens/revoke',
    summary: 'End refresh tokens',
    scopes: ['delete:refresh_tokens'],
    body: revocation,
    status: 202,
    run: async ({ ctx, body }) => {
      await revoke(ctx, body);
      return {};
    },
  }),
  endpoint({
    method: 'GET',
    path,
    summary: 'Read a refresh token',
    scopes: ['read:refresh_tokens'],
    run: async ({ ctx, params }) => {
      const token = await findRefreshTokenById(ctx, params.id);
      if (!token) throw missing();
      return token;
    },
  }),
  endpoint({
    method: 'PATCH',
    path,
    summary: 'Keep metadata with a refresh token',
    scopes: ['update:refresh_tokens'],
    body: change,
    run: async ({ ctx, params, body }) => {
      const token = await keepRefreshTokenMetadata(ctx, params.id, body.refresh_token_metadata as AccessMetadata);
      if (!token) throw missing();
      return token;
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'End a refresh token',
    scopes: ['delete:refresh_tokens'],
    status: 202,
    run: async ({ ctx, params }) => {
      await endRefreshTokens(ctx, [params.id]);
      return {};
    },
  }),
];

export const refreshTokens: Resource = { name: 'refresh-tokens', endpoints };
