// Owns the token exchange grant (RFC 8693): a person's token for one of another API, which says who acts for them.
import { randomId } from '#crypto/random';
import type { Context } from '#domain/context';
import { findResourceServer } from '#domain/resource-servers';
import { subjectFor } from '#domain/subjects';
import { actingParty, isApplication, readExchangeable } from '#domain/token-exchange';
import { findUser, type User } from '#domain/users';
import { type Client, isPublic } from '#protocol/client';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import { namedAudience } from '#protocol/resource';
import type { ResourceServer, TokenExchangePolicy } from '#protocol/resource-server';
import { parseScope } from '#protocol/scope';
import { actorOf, exchangedScope, parseExchange } from '#protocol/token-exchange';
import type { Grant } from '../grant.ts';

/** The API asked for and what it lets the application do. An unknown one and a closed one are refused alike. */
async function targetOf(
  ctx: Context,
  client: Client,
  form: Parameters,
): Promise<{ api: ResourceServer; policy: TokenExchangePolicy }> {
  const identifier = namedAudience(form);
  if (identifier === undefined) throw invalidRequest('Missing required parameter: audience');
  const api = await findResourceServer(ctx, identifier);
  const policy = api?.token_exchange?.clients.find(({ client_id }) => client_id === client.client_id);
  if (!api || !policy) {
    throw new OAuthError('invalid_target', 'This application may not exchange tokens for one of that API.');
  }
  return { api, policy };
}

/** A person who may still sign in. Throws OAuthError. */
async function activePerson(ctx: Context, sub: string): Promise<User> {
  if (isApplication(sub)) throw invalidRequest('The token of an application for itself cannot be exchanged.');
  const user = await findUser(ctx, sub);
  if (!user) throw invalidRequest('The person of the token no longer exists.');
  if (user.blocked) throw new OAuthError('unauthorized', 'user is blocked');
  return user;
}

/** It gives an access token and nothing else: no ID token, and no refresh token that would outlast what was given. */
export const tokenExchange: Grant = {
  name: 'urn:ietf:params:oauth:grant-type:token-exchange',
  events: { success: 'secte', failure: 'fecte' },
  async resolve(ctx, { client, form }) {
    if (isPublic(client)) {
      throw new OAuthError('unauthorized_client', 'Only an application that proves who it is may exchange tokens.');
    }
    const { subject: given, actor, issuedTokenType } = parseExchange(form);
    const { api, policy } = await targetOf(ctx, client, form);
    const subject = await readExchangeable(ctx, client, 'subject', given);
    const party = await actingParty(ctx, client, actor);
    const user = await activePerson(ctx, subject.sub);
    if (party.kind === 'person') await activePerson(ctx, party.sub);
    const impersonation = policy.impersonation === true && actor === undefined;
    const act = actorOf(subject, party, { issuer: ctx.issuer, impersonation });
    // The party, too, has for each sector another name.
    const named = act && party.kind === 'person' ? { ...act, sub: subjectFor(ctx, client, party.sub) } : act;
    const asked = form.get('scope');
    const requested = asked === undefined ? undefined : parseScope(asked);
    return {
      client,
      signedIn: { user, sid: subject.sid, authenticated_at: undefined },
      scope: exchangedScope({ subject, api, policy, requested }),
      api,
      // What ends the family or the session of the old token ends the new one.
      family_id: subject.family_id ?? randomId(),
      act: named,
      issued_token_type: issuedTokenType,
      notAfterSec: subject.expSec,
    };
  },
};
