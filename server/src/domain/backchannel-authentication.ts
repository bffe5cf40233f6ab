// Owns the beginning of a sign-in that an application asks for behind the scenes: whom to ask, and how often.
import { type CibaRequest, type LoginHint, unknownUser } from '#protocol/ciba-request';
import type { Client } from '#protocol/client';
import { OAuthError } from '#protocol/oauth-error';
import * as identifiers from '#storage/tables/login-identifiers';
import { type AttemptLimit, takeAttempt } from './attempts.ts';
import { connectionsOf } from './connections.ts';
import type { Context } from './context.ts';
import { type BegunRequest, beginRequest, type DecoupledBody } from './decoupled-requests.ts';
import { canonicalEmail } from './email-address.ts';
import { readIdTokenHint } from './id-token-hints.ts';
import { reviewAddress } from './journey-paths.ts';
import { findUser, type User } from './users.ts';

/** Nobody is asked more often, by however many applications: who is asked all the time allows it in the end. */
const requestsOfPerson: AttemptLimit = { name: 'ciba', most: 10, windowMs: 10 * 60 * 1000 };

async function userIdByEmail(ctx: Context, client: Client, address: string): Promise<string | undefined> {
  const email = canonicalEmail(address);
  if (email === undefined) return undefined;
  for (const { name } of await connectionsOf(ctx, client)) {
    const holder = await identifiers.findPasswordHolder(ctx.database.queries, name, 'email', email);
    if (holder) return holder.user_id;
  }
  return undefined;
}

async function userIdOf(ctx: Context, client: Client, hint: LoginHint): Promise<string | undefined> {
  switch (hint.kind) {
    case 'subject':
      return hint.sub;
    case 'email':
      return userIdByEmail(ctx, client, hint.email);
    case 'id-token': {
      const { client_id, user_id } = await readIdTokenHint(ctx, hint.token);
      return client_id === client.client_id ? user_id : undefined;
    }
  }
}

/** The person who is to be asked. Throws unknown_user_id, or access_denied when they are blocked (CIBA Core §13). */
async function findPerson(ctx: Context, client: Client, hint: LoginHint): Promise<User> {
  const userId = await userIdOf(ctx, client, hint);
  const user = userId === undefined ? undefined : await findUser(ctx, userId);
  if (!user) throw unknownUser('nobody is known by this hint');
  if (user.blocked) throw new OAuthError('access_denied', 'user is blocked');
  return user;
}

/** Stores the request and tells its person. Throws OAuthError. */
export async function beginBackchannelAuthentication(
  ctx: Context,
  client: Client,
  { hint, expires_in, ...asked }: CibaRequest,
  body: DecoupledBody,
): Promise<BegunRequest & { readonly user_id: string }> {
  const user = await findPerson(ctx, client, hint);
  const { user_id, email, name } = user;
  if (!(await takeAttempt(ctx, requestsOfPerson, user_id))) {
    throw new OAuthError('too_many_requests', 'This user was asked too often. Try again in ten minutes.');
  }
  const { client_id } = client;
  const fresh = { kind: 'ciba' as const, client_id, user_id, body: { ...body, ...asked }, lifetimeSec: expires_in };
  const begun = await beginRequest(ctx, fresh);
  await ctx.notify({
    kind: 'approval-requested',
    user: { user_id, email, name },
    client: { client_id, name: client.name },
    binding_message: asked.binding_message,
    link: reviewAddress(ctx.issuer, begun.id),
    expires_at: ctx.now() + expires_in * 1000,
  });
  return { ...begun, user_id };
}
