// Owns GET and POST /oidc/logout (OpenID Connect RP-Initiated Logout §2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import { type IdTokenHint, readIdTokenHint } from '#domain/id-token-hints';
import { loggedOutPath, logoutPath } from '#domain/journey-paths';
import { beginTransaction } from '#domain/login-transactions';
import { logOut, verifyLogoutUri } from '#domain/logout';
import { findSession, type Session } from '#domain/sessions';
import { parametersOf, queryOf } from '#http/form';
import { noStore } from '#http/headers';
import type { Client } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import { addressWithCookies, browserOf } from './browser.ts';
import { callerOf, type Edge } from './route.ts';

interface LogoutRequest {
  readonly hint: IdTokenHint | undefined;
  readonly client: Client | undefined;
  /** Complete with the state. */
  readonly returnTo: string | undefined;
}

async function readRequest({ ctx }: Edge, parameters: Parameters): Promise<LogoutRequest> {
  const idToken = parameters.get('id_token_hint');
  const hint = idToken === undefined ? undefined : readIdTokenHint(ctx, idToken);
  const clientId = parameters.get('client_id') ?? hint?.client_id;
  if (hint && clientId !== hint.client_id) {
    throw invalidRequest('The client_id is not the one that the id_token_hint was issued to.');
  }
  const client = clientId === undefined ? undefined : await findClient(ctx, clientId);
  const requested = parameters.get('post_logout_redirect_uri');
  if (requested === undefined) return { hint, client, returnTo: undefined };
  const address = new URL(await verifyLogoutUri(ctx, requested, 'post_logout_redirect_uri', client));
  const state = parameters.get('state');
  if (state !== undefined) address.searchParams.set('state', state);
  return { hint, client, returnTo: state === undefined ? requested : address.href };
}

/** Whether the hint proves that the application asks for the person who is signed in here. */
function isProved(hint: IdTokenHint | undefined, session: Session): boolean {
  if (!hint || hint.sub !== session.user_id) return false;
  return hint.sid === undefined || hint.sid === session.sid;
}

/** Logs out at once when the application proves whom it asks for; else the person is asked, so nobody is logged out by an image. */
export async function oidcLogout(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx, cookies } = edge;
  const parameters = request.method === 'POST' ? parametersOf(request.body) : queryOf(request.url);
  const { hint, client, returnTo } = await readRequest(edge, parameters);
  reply.headers(noStore);
  const again = addressWithCookies(edge, request, '/oidc/logout', parameters);
  if (again !== undefined) return reply.redirect(again, 303);
  const session = await findSession(ctx, cookies.read(request.headers.cookie, 'session'));
  if (session && !isProved(hint, session)) {
    const id = await beginTransaction(ctx, browserOf(edge, request, reply), {
      journey: 'logout',
      sid: session.sid,
      ...(client === undefined ? {} : { client_id: client.client_id }),
      ...(returnTo === undefined ? {} : { return_to: returnTo }),
    });
    return reply.redirect(`${logoutPath}?state=${id}`, 303);
  }
  if (session) {
    await logOut(ctx, session, client?.client_id, callerOf(request));
    reply.header('set-cookie', cookies.clear('session'));
  }
  return reply.redirect(returnTo ?? loggedOutPath, 302);
}
