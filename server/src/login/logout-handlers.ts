// Owns the pages of a log-out: the question, and the confirmation.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { findClient } from '#domain/clients';
import type { Context } from '#domain/context';
import { JourneyEnded } from '#domain/journey-ended';
import { loggedOutPath, logoutPath } from '#domain/journey-paths';
import { endTransaction, type LogoutTransaction, resumeTransaction, type Stored } from '#domain/login-transactions';
import { logOut } from '#domain/logout';
import { findSession } from '#domain/sessions';
import type { CookieJar } from '#http/cookies';
import { isSameOrigin } from '#http/csrf';
import { parametersOf, queryOf } from '#http/form';
import { formTarget, noStore } from '#http/headers';
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
    const { email, name, picture } = session?.user ?? {};
    const account = email ? { email, name: name ?? undefined, picture: picture ?? undefined } : undefined;
    const page = renderLogout({ ...view, state: id, account, stayHref: client?.initiate_login_uri });
    const formTargets = transaction.return_to === undefined ? [] : [formTarget(transaction.return_to)];
    return sendPage(reply, 200, page, { nonce: view.nonce, formTargets });
  };
}

/** The confirmation, in the language that was chosen for the question. */
function loggedOutAddress(request: FastifyRequest): string {
  const language = chosenLanguage(request);
  return language === undefined ? loggedOutPath : `${loggedOutPath}?${new URLSearchParams({ ui_locales: language })}`;
}

export function submitLogout(ctx: Context, cookies: CookieJar): Handler {
  return async (request, reply) => {
    if (!isSameOrigin(request.headers, ctx.issuer)) throw new JourneyEnded();
    const { id, transaction } = await find(ctx, cookies, request, parametersOf(request.body).get('state'));
    if (!(await endTransaction(ctx.database.queries, id))) throw new JourneyEnded();
    const session = await findSession(ctx, cookies.read(request.headers.cookie, 'session'));
    const caller = { ip: request.ip, userAgent: request.headers['user-agent'] };
    // The question was about one session; another that began meanwhile is none of its business.
    if (session?.sid === transaction.sid) {
      await logOut(ctx, session, transaction.client_id, caller);
      reply.header('set-cookie', cookies.clear('session'));
    }
    return reply.headers(noStore).redirect(transaction.return_to ?? loggedOutAddress(request), 303);
  };
}

export function showLoggedOut(ctx: Context): Handler {
  return async (request, reply) => {
    const view = await pageView(ctx, request, wishesOf(request), { path: loggedOutPath });
    return sendPage(reply, 200, renderLoggedOut(view), { nonce: view.nonce });
  };
}
