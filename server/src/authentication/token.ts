// Owns POST /oauth/token: the phases that every grant passes through (RFC 6749 §3.2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LogEvent } from '#domain/event-types';
import { type Decision, issueTokens } from '#domain/tokens';
import { parametersOf } from '#http/form';
import { noStore } from '#http/headers';
import type { Client } from '#protocol/client';
import { isStandard } from '#protocol/compliance';
import { inStandardStatus, OAuthError } from '#protocol/oauth-error';
import { type Parameters, requireParameter } from '#protocol/parameters';
import { recogniseClient } from './client-authentication.ts';
import type { Grant } from './grant.ts';
import { findGrant } from './grants.ts';
import { corsForClient } from './origins.ts';
import { bindTokens, confirmationOf, provePossession } from './proof-of-possession.ts';
import { callerOf, type Edge } from './route.ts';

/** A refusal with the status that this application expects. */
function toldTo(client: Client, error: OAuthError): OAuthError {
  return isStandard(client) ? inStandardStatus(error) : error;
}

/** The grant asked for, which the client must be allowed before anything is consumed. Throws OAuthError. */
function allowedGrant(client: Client, form: Parameters): Grant {
  const name = requireParameter(form, 'grant_type');
  const grant = findGrant(name);
  if (!grant) throw new OAuthError('unsupported_grant_type', `Unsupported grant type: ${name.slice(0, 100)}`);
  if (!client.grant_types.includes(name)) {
    throw toldTo(client, new OAuthError('unauthorized_client', `Grant type '${name}' not allowed for the client.`));
  }
  return grant;
}

/** What is recorded of tokens: for whom, for which API, and what they allow. */
function tokenEvent({ signedIn, api, scope }: Decision): Omit<LogEvent, 'type'> {
  return { user_id: signedIn?.user.user_id, audience: api?.identifier, scope: scope.join(' ') };
}

export async function token(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  // Before anything is read: what happens from now on may end what is issued.
  const { position } = ctx.revocations;
  const form = parametersOf(request.body);
  const recognised = await recogniseClient(edge, request, form);
  const { client } = recognised;
  reply.headers(corsForClient(client, request.headers.origin));
  const grant = allowedGrant(client, form);
  const caller = callerOf(request);
  const { ip, userAgent: user_agent, sdk: auth0_client } = caller;
  const event = { client_id: client.client_id, ip, user_agent, auth0_client };
  try {
    const possession = await provePossession(edge, request, reply, recognised);
    const confirmation = confirmationOf(possession, client);
    const authorization = await grant.resolve(ctx, { client, form, caller, confirmation });
    const tokens = await issueTokens(ctx, { ...bindTokens(authorization, possession), position });
    ctx.emit({ type: grant.events.success, ...event, ...tokenEvent(authorization) });
    return reply.headers(noStore).send(tokens);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    ctx.emit({ type: grant.events.failure, ...event, description: error.detail ?? error.description });
    throw toldTo(client, error);
  }
}
