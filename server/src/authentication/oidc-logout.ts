// Owns GET and POST /oidc/logout (OpenID Connect RP-Initiated Logout §2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import { type IdTokenHint, readIdTokenHint } from '#domain/id-token-hints';
import { logoutPath } from '#domain/journey-paths';
import { beginTransaction } from '#domain/login-transactions';
import { farewellAddress, logOut, verifyLogoutUri } from '#domain/logout';
import { findSession, type Session } from '#domain/sessions';
import { clearSession } from '#http/cookies';
import { parametersOf, queryOf } from '#http/form';
import { noStore } from '#http/headers';
import type { Client } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import { addressWithCookies, browserOf } from './browser.ts';
import { callerOf, type Edge } from './route.ts';

interface LogoutRequest {
  readonly hint: IdTokenHint | undefined;
  readonly logout_hint: string | undefined;
  readonly ui_locales: string | undefined;
  readonly client: Client | undefined;
  /** Complete with the state. */
  readonly returnTo: string | undefined;
}

async function readRequest({ ctx }: Edge, parameters: Parameters): Promise<LogoutRequest> {
  const idToken = parameters.get('id_token_hint');
  const hint = idToken === undefined ? undefined : await readIdTokenHint(ctx, idToken);
  const clientId = parameters.get('client_id') ?? hint?.client_id;
  if (hint && clientId !== hint.client_id) {
    throw invalidRequest('The client_id is not the one that the id_token_hint was issued to.');
  }
  const client = clientId === undefined ? undefined : await findClient(ctx, clientId);
  const hints = { hint, logout_hint: parameters.get('logout_hint'), ui_locales: parameters.get('ui_locales') };
  const requested = parameters.get('post_logout_redirect_uri');
  if (requested === undefined) return { ...hints, client, returnTo: undefined };
  const address = new URL(await verifyLogoutUri(ctx, requested, 'post_logout_redirect_uri', client));
  const state = parameters.get('state');
  if (state !== undefined) address.searchParams.set('state', state);
  return { ...hints, client, returnTo: state === undefined ? requested : address.href };
}

/**
 * Whether the application proves that it asks for the person who is signed in here: by their ID token, or, as Auth0 has
 * it, by the session's id, which only who was told of the session knows. A hint that says otherwise proves nothing.
 */
function isProved({ hint, logout_hint }: LogoutRequest, { sid, user_id, user }: Session): boolean {
  if (logout_hint !== undefined && ![sid, user_id, user.email].includes(logout_hint)) return false;
  if (!hint) return logout_hint === sid;
  return hint.user_id === user_id && (hint.sid === sid || (hint.sid === undefined && !hint.isForgeable));
}

/** The page that asks, in the language that the application wishes for. */
function questionAddress(state: string, ui_locales: string | undefined): string {
  const wish = ui_locales === undefined ? {} : { ui_locales };
  return `${logoutPath}?${new URLSearchParams({ state, ...wish })}`;
}

/** Logs out at once when the application proves whom it asks for; else the person is asked, so nobody is logged out by an image. */
export async function oidcLogout(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx, cookies } = edge;
  const parameters = request.method === 'POST' ? parametersOf(request.body) : queryOf(request.url);
  const asked = await readRequest(edge, parameters);
  const { client, returnTo, ui_locales } = asked;
  reply.headers(noStore);
  const again = addressWithCookies(edge, request, '/oidc/logout', parameters);
  if (again !== undefined) return reply.redirect(again, 303);
  const session = await findSession(ctx, cookies.read(request.headers.cookie, 'session'));
  const browser = () => browserOf(edge, request, reply);
  if (session && !isProved(asked, session)) {
    const id = await beginTransaction(ctx, browser(), {
      journey: 'logout',
      sid: session.sid,
      ...(client === undefined ? {} : { client_id: client.client_id }),
      ...(returnTo === undefined ? {} : { return_to: returnTo }),
    });
    return reply.redirect(questionAddress(id, ui_locales), 303);
  }
  const ended = session && (await logOut(ctx, session, client?.client_id, callerOf(request)));
  if (ended) reply.header('set-cookie', clearSession(cookies, request.headers.cookie));
  return reply.redirect(await farewellAddress(ctx, { ended, returnTo, ui_locales, browser }), 302);
}
