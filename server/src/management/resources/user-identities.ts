// Owns the joining of a person's accounts, and their parting.
import { linkAccounts, secondaryOf, unlinkIdentity } from '#domain/account-links';
import { findConnectionById } from '#domain/connections';
import { ApiError, invalidBody } from '#protocol/api-error';
import { type Call, type Endpoint, endpoint } from '../resource.ts';
import { anyOf, integer, nullable, object, optional, type TypeOf, text } from '../schema.ts';

const link = object(
  {
    provider: optional(text({ minLength: 1, maxLength: 100, description: "The other account's provider" })),
    connection_id: optional(text({ maxLength: 100, description: "The other account's connection" })),
    user_id: optional(nullable(anyOf(text({ minLength: 1, maxLength: 300 }), integer()))),
    link_with: optional(text({ maxLength: 20_000, description: 'An ID token of the other account' })),
  },
  { minProperties: 1 },
);

type LinkCall = Call<{ readonly id: string }, unknown, TypeOf<typeof link>>;

/** The other account's id: proved by an ID token, or named by who may change any person. */
async function otherAccount({ ctx, caller, body }: LinkCall): Promise<string> {
  const { user_id, provider = 'auth0', connection_id, link_with } = body;
  if (link_with !== undefined) {
    if (user_id != null) throw invalidBody('Send link_with alone, or provider and user_id.');
    return secondaryOf(ctx, link_with, caller.token.client_id);
  }
  // A person may join what they prove to be theirs; that is what the ID token is for.
  if (!caller.may('update:users')) {
    throw new ApiError(403, 'Insufficient scope, expected any of: update:users', 'insufficient_scope');
  }
  if (user_id == null) throw invalidBody("Payload validation error: 'Missing required property: user_id'.");
  if (connection_id !== undefined && !(await findConnectionById(ctx, connection_id))) {
    throw new ApiError(404, 'The connection does not exist', 'inexistent_connection');
  }
  const id = String(user_id);
  return id.includes('|') ? id : `${provider}|${id}`;
}

const missing = () => new ApiError(404, 'The user does not exist.', 'inexistent_user');
const scopes = ['update:users'];
const selfScopes = ['update:current_user_identities'];

export const userIdentities: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/users/{id}/identities',
    summary: "Join another account of the person's to this one",
    scopes,
    selfScopes,
    body: link,
    run: async (call) => {
      const linked = await linkAccounts(call.ctx, call.params.id, await otherAccount(call));
      if (!linked) throw missing();
      return linked;
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/identities/{provider}/{user_id}',
    summary: 'Take an account that was joined apart again',
    scopes,
    selfScopes,
    status: 200,
    run: async ({ ctx, params }) => {
      const rest = await unlinkIdentity(ctx, params.id, `${params.provider}|${params.user_id}`);
      if (!rest) throw missing();
      return rest;
    },
  }),
];
