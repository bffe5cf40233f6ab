// Owns what a person is signed in by: sessions and refresh tokens, seen and ended.

import { listRefreshTokens, listSessions } from '#domain/account-access';
import { endUserAccess, endUserTokens } from '#domain/account-endings';
import { pageOf } from '../paging.ts';
import { Answer, type Endpoint, endpoint, listing } from '../resource.ts';

export const userAccess: readonly Endpoint[] = [
  listing({
    path: '/users/{id}/sessions',
    summary: "List a person's sessions",
    scopes: ['read:sessions'],
    key: 'sessions',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) =>
      pageOf(await listSessions(ctx, params.id), window, (session) => (session as { id: string }).id),
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/sessions',
    summary: "End a person's sessions",
    scopes: ['delete:sessions'],
    run: async ({ ctx, params }) => {
      await endUserAccess(ctx, params.id, 'session-revoked');
      return new Answer(202, {});
    },
  }),
  listing({
    path: '/users/{id}/refresh-tokens',
    summary: "List a person's refresh tokens",
    scopes: ['read:refresh_tokens'],
    key: 'tokens',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) =>
      pageOf(await listRefreshTokens(ctx, params.id), window, (token) => (token as { id: string }).id),
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/refresh-tokens',
    summary: "End a person's refresh tokens",
    scopes: ['delete:refresh_tokens'],
    run: async ({ ctx, params }) => {
      await endUserTokens(ctx, params.id);
      return new Answer(202, {});
    },
  }),
];
