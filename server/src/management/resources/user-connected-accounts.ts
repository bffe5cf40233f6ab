// Owns what a person lets us do at other providers: accounts and the tokens for them.
import type { Context } from '#domain/context';
import { findUser } from '#domain/users';
import { ApiError } from '#protocol/api-error';
import { type Endpoint, endpoint, listing } from '../resource.ts';

async function checkUser(ctx: Context, id: string): Promise<void> {
  if (!(await findUser(ctx, id))) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
}

/** No other provider's tokens are kept yet, so nobody has any. */
export const userConnectedAccounts: readonly Endpoint[] = [
  listing({
    path: '/users/{id}/connected-accounts',
    summary: 'List the accounts at other providers that a person connected',
    scopes: ['read:users'],
    key: 'connected_accounts',
    ways: 'checkpoint',
    page: async ({ ctx, params }) => {
      await checkUser(ctx, params.id);
      return { items: [] };
    },
  }),
  listing({
    path: '/users/{id}/federated-connections-tokensets',
    summary: 'List the tokens of other providers that are kept for a person',
    scopes: ['read:federated_connections_tokens'],
    key: 'tokensets',
    ways: 'none',
    totals: 'never',
    page: async ({ ctx, params }) => {
      await checkUser(ctx, params.id);
      return { items: [] };
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/federated-connections-tokensets/{tokenset_id}',
    summary: 'Forget tokens of another provider',
    scopes: ['delete:federated_connections_tokens'],
    run: ({ ctx, params }) => checkUser(ctx, params.id),
  }),
];
