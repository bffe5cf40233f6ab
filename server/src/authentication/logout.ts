// Owns GET /v2/logout: Auth0's log-out.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import { farewellAddress, logOut, verifyLogoutUri } from '#domain/logout';
import { findSession } from '#domain/sessions';
import { clearSession } from '#http/cookies';
import { queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { browserOf } from './browser.ts';
import { callerOf, type Edge } from './route.ts';

/**
 * Ends the session and sends the person to `returnTo`, if that is registered. `federated` asks to end the session at
 * the identity provider too; a database connection has no other.
 */
export async function logout(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx, cookies } = edge;
  const query = queryOf(request.url);
  const clientId = query.get('client_id');
  const client = clientId === undefined ? undefined : await findClient(ctx, clientId);
  const requested = query.get('returnTo');
  const returnTo = requested === undefined ? undefined : await verifyLogoutUri(ctx, requested, 'returnTo', client);
  const session = await findSession(ctx, cookies.read(request.headers.cookie, 'session'));
  const ended = session && (await logOut(ctx, session, client?.client_id, callerOf(request)));
  reply.headers({ ...noStore, 'set-cookie': clearSession(cookies, request.headers.cookie) });
  const ui_locales = query.get('ui_locales');
  const browser = () => browserOf(edge, request, reply);
  return reply.redirect(await farewellAddress(ctx, { ended, returnTo, ui_locales, browser }), 302);
}
