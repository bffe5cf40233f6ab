// Owns /api/v2/refresh-tokens: one refresh token of whomever.
import { endRefreshToken, findRefreshTokenById, listRefreshTokens } from '#domain/account-access';
import { ApiError } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { optional, text } from '../schema.ts';

interface Token {
  readonly id: string;
  readonly client_id: string;
}

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
      client_id: optional(text({ maxLength: 200 })),
    },
    page: async ({ ctx, query }, window) => {
      const all = (await listRefreshTokens(ctx, query.user_id)) as readonly Token[];
      return pageOf(
        all.filter(({ client_id }) => (query.client_id ?? client_id) === client_id),
        window,
        ({ id }) => id,
      );
    },
  }),
  endpoint({
    method: 'GET',
    path: '/refresh-tokens/{id}',
    summary: 'Read a refresh token',
    scopes: ['read:refresh_tokens'],
    run: async ({ ctx, params }) => {
      const token = await findRefreshTokenById(ctx, params.id);
      if (!token) throw new ApiError(404, 'The refresh token does not exist.', 'inexistent_refresh_token');
      return token;
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/refresh-tokens/{id}',
    summary: 'End a refresh token',
    scopes: ['delete:refresh_tokens'],
    status: 202,
    run: async ({ ctx, params }) => {
      await endRefreshToken(ctx, params.id);
      return {};
    },
  }),
];

export const refreshTokens: Resource = { name: 'refresh-tokens', endpoints };
