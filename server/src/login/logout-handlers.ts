// Owns the pages of a log-out: the question, and the confirmation.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import type { Context } from '#domain/context';
import { CookiesMissing, JourneyEnded } from '#domain/journey-ended';
import { loggedOutPath, logoutPath } from '#domain/journey-paths';
import {
  endTransaction,
  type LoggedOutTransaction,
  type LogoutTransaction,
  resumeTransaction,
  type Stored,
} from '#domain/login-transactions';
import { farewellAddress, logOut } from '#domain/logout';
import { type EndedSession, findSession } from '#domain/sessions';
import { type CookieJar, clearSession } from '#http/cookies';
import { isSameOrigin } from '#http/csrf';
import { parametersOf, queryOf } from '#http/form';
import { formTarget, noStore } from '#http/headers';
import { frontchannelAddress } from '#protocol/client-logout';
import { initiateLoginAddress } from '#protocol/initiate-login';
import { accountOf } from './account.ts';
import { renderLoggedOut } from './screens/logged-out.ts';
import { renderLogout } from './screens/logout.ts';
import { chosenLanguage, pageView, sendPage } from './view.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function wishesOf(request: FastifyRequest): string[] {
  return chosenLanguage(request)?.split(' ') ?? [];
}

async function find(
  ctx: Context,
  cookies: CookieJar,
  request: FastifyRequest,
  state: string | undefined,
): Promise<Stored<LogoutTransaction>> {
  return resumeTransaction(ctx, 'logout', state, cookies.read(request.headers.cookie, 'browser'));
}

export function showLogout(ctx: Context, cookies: CookieJar): Handler {
  return async (request, reply) => {
    const { id, transaction } = await find(ctx, cookies, request, queryOf(request.url).get('state'));
    const session = await findSession(ctx, cookies.read(request.headers.cookie, 'session'));
    const client = transaction.client_id === undefined ? undefined : await findClient(ctx, transaction.client_id);
    const view = await pageView(ctx, request, wishesOf(request), { path: logoutPath, state: id });
    const account = session?.user.email ? accountOf(session.user) : undefined;
    const page = renderLogout({
      ...view,
      state: id,
      account,
      stayHref: client && initiateLoginAddress(client, ctx.issuer),
    });
    const formTargets = transaction.return_to === undefined ? [] : [formTarget(transaction.return_to)];
    return sendPage(reply, 200, page, { nonce: view.nonce, formTargets });
  };
}

export function submitLogout(ctx: Context, cookies: CookieJar): Handler {
  return async (request, reply) => {
    if (!isSameOrigin(request.headers, ctx.issuer)) throw new JourneyEnded();
    const { id, transaction } = await find(ctx, cookies, request, parametersOf(request.body).get('state'));
    if (!(await endTransaction(ctx.database.queries, id))) throw new JourneyEnded();
    const { cookie } = request.headers;
    const session = await findSession(ctx, cookies.read(cookie, 'session'));
    const caller = { ip: request.clientAddress, userAgent: request.headers['user-agent'] };
    let ended: EndedSession | undefined;
    // The question was about one session; another that began meanwhile is none of its business.
    if (session?.sid === transaction.sid) {
      ended = await logOut(ctx, session, transaction.client_id, caller);
      reply.header('set-cookie', clearSession(cookies, cookie));
    }
    const farewell = { ended, returnTo: transaction.return_to, ui_locales: chosenLanguage(request) };
    // The question was found by the browser's cookie.
    const browser = () => cookies.read(cookie, 'browser') as string;
    return reply.headers(noStore).redirect(await farewellAddress(ctx, { ...farewell, browser }), 303);
  };
}

/** The addresses that this browser visits for the applications of a session that ended. */
async function framesOf(ctx: Context, { clients, sid }: LoggedOutTransaction): Promise<string[]> {
  const found = await Promise.all(clients.map((clientId) => findClient(ctx, clientId)));
  return found.flatMap((client) => (client && frontchannelAddress(client, { issuer: ctx.issuer, sid })) ?? []);
}

/** What is yet to be done after a log-out. Undefined when that was long ago, or in another browser. */
async function findFarewell(
  ctx: Context,
  state: string | undefined,
  browser: string | undefined,
): Promise<LoggedOutTransaction | undefined> {
  if (state === undefined) return undefined;
  try {
    return (await resumeTransaction(ctx, 'logged-out', state, browser)).transaction;
  } catch (error) {
    if (error instanceof JourneyEnded || error instanceof CookiesMissing) return undefined;
    throw error;
  }
}

export function showLoggedOut(ctx: Context, cookies: CookieJar): Handler {
  return async (request, reply) => {
    const state = queryOf(request.url).get('state');
    const farewell = await findFarewell(ctx, state, cookies.read(request.headers.cookie, 'browser'));
    const frames = farewell ? await framesOf(ctx, farewell) : [];
    const page = { path: loggedOutPath, ...(state === undefined ? {} : { state }) };
    const view = await pageView(ctx, request, wishesOf(request), page);
    const html = renderLoggedOut({ ...view, frames, goOnTo: farewell?.return_to });
    const frameSources = [...new Set(frames.map((address) => new URL(address).origin))];
    return sendPage(reply, 200, html, { nonce: view.nonce, frameSources });
  };
}
