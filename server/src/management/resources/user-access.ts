// Owns what a person is signed in by: sessions and refresh tokens, seen and ended.
import { listRefreshTokens, listSessions, revokeAccess } from '#domain/account-access';
import { endUserTokens } from '#domain/account-endings';
import { endUserSessions } from '#domain/sessions';
import { pageOf } from '../paging.ts';
import { Answer, type Endpoint, endpoint, listing } from '../resource.ts';
import { flag, object, optional, text } from '../schema.ts';

const revocation = object({
  session_id: optional(text({ maxLength: 50, description: 'Only this session' })),
  preserve_refresh_tokens: optional(flag({ description: 'Whether refresh tokens of no session stay' })),
});

export const userAccess: readonly Endpoint[] = [
  listing({
    path: '/users/{id}/sessions',
    summary: "List a person's sessions",
    scopes: ['read:sessions'],
    key: 'sessions',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) => pageOf(await listSessions(ctx, params.id), window, ({ id }) => id),
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/sessions',
    summary: "End a person's sessions",
    scopes: ['delete:sessions'],
    run: async ({ ctx, params }) => {
      await endUserSessions(ctx, params.id, 'session-revoked');
      return new Answer(202, {});
    },
  }),
  listing({
    path: '/users/{id}/refresh-tokens',
    summary: "List a person's refresh tokens",
    scopes: ['read:refresh_tokens'],
    key: 'tokens',
    ways: 'checkpoint',
    page: async ({ ctx, params }, window) => pageOf(await listRefreshTokens(ctx, params.id), window, ({ id }) => id),
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
  endpoint({
    method: 'POST',
    path: '/users/{id}/revoke-access',
    summary: "End a person's access",
    scopes: ['delete:sessions', 'delete:refresh_tokens'],
    body: revocation,
    status: 202,
    run: async ({ ctx, params, body }) => {
      await revokeAccess(ctx, params.id, body);
      return {};
    },
  }),
];
