// Owns the pages that lead to a decision on what was asked for in another place, and the ones after it.

import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomSecret } from '#crypto/random';
import { findClient } from '#domain/clients';
import type { Context } from '#domain/context';
import { findPendingRequest, openByUserCode, pendingRequestsOf } from '#domain/decoupled-requests';
import { JourneyEnded } from '#domain/journey-ended';
import {
  activatePath,
  approvalsPath,
  approvedPath,
  type deniedPath,
  reviewPath,
  stepAddress,
} from '#domain/journey-paths';
import { gatherFacts, nextStep } from '#domain/login-flow';
import { beginTransaction, type LoginTransaction } from '#domain/login-transactions';
import { approvalJourney, journeyClient, visitJourney } from '#domain/own-journeys';
import { findSession } from '#domain/sessions';
import type { CookieJar } from '#http/cookies';
import { isSameOrigin } from '#http/csrf';
import { parametersOf, queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { readUserCode } from '#protocol/user-code';
import { accountOf } from './account.ts';
import type { Problem } from './problem.ts';
import { renderActivate } from './screens/activate.ts';
import { renderApprovals } from './screens/approvals.ts';
import { renderApproved, renderDenied } from './screens/decided.ts';
import { chosenLanguage, pageView, sendPage } from './view.ts';

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

function wishesOf(request: FastifyRequest): string[] {
  return chosenLanguage(request)?.split(' ') ?? [];
}

/** Binds the journey to this browser and sends the person to its first step. */
async function begin(
  ctx: Context,
  cookies: CookieJar,
  [request, reply]: readonly [FastifyRequest, FastifyReply],
  transaction: LoginTransaction,
): Promise<FastifyReply> {
  const { cookie } = request.headers;
  const client = await journeyClient(ctx, transaction);
  if (!client) throw new JourneyEnded();
  const known = cookies.read(cookie, 'browser');
  const browser = known ?? randomSecret();
  if (known === undefined) reply.header('set-cookie', cookies.write('browser', browser));
  const id = await beginTransaction(ctx, browser, transaction);
  const session = await findSession(ctx, cookies.read(cookie, 'session'));
  const step = nextStep(transaction, await gatherFacts(ctx, client, transaction, session));
  return reply.headers(noStore).redirect(stepAddress(step, transaction, id), 303);
}

const longestCode = 30;

async function sendActivate(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: { readonly code: string | undefined; readonly problem?: Problem },
): Promise<FastifyReply> {
  const code = shown.code?.slice(0, longestCode);
  const kept = { path: activatePath, ...(code === undefined ? {} : { user_code: code }) };
  const view = await pageView(ctx, request, wishesOf(request), kept);
  const status = shown.problem === undefined ? 200 : shown.problem.kind === 'too-many-codes' ? 429 : 400;
  return sendPage(reply, status, renderActivate({ ...view, ...shown, code }), { nonce: view.nonce });
}

/** A code in the address fills in the form, and does nothing more (RFC 8628 §3.3.1, §5.4). */
export function showActivate(ctx: Context): Handler {
  return async (request, reply) => sendActivate(ctx, request, reply, { code: queryOf(request.url).get('user_code') });
}

export function submitActivate(ctx: Context, cookies: CookieJar): Handler {
  return async (request, reply) => {
    if (!isSameOrigin(request.headers, ctx.issuer)) throw new JourneyEnded();
    const code = parametersOf(request.body).get('user_code')?.trim();
    if (!code)
      return sendActivate(ctx, request, reply, { code, problem: { kind: 'missing-field', field: 'user_code' } });
    const opening = await openByUserCode(ctx, readUserCode(code), request.clientAddress);
    if (opening.outcome === 'opened') {
      const journey = approvalJourney(ctx, opening.request, chosenLanguage(request)?.slice(0, 35));
      return begin(ctx, cookies, [request, reply], journey);
    }
    ctx.emit({ type: 'fdeac', ip: request.clientAddress, description: opening.outcome });
    const kind = opening.outcome === 'unknown' ? 'unknown-code' : 'too-many-codes';
    return sendActivate(ctx, request, reply, { code, problem: { kind } });
  };
}

/** What waits for the person who is signed in; who isn't signs in first. */
export function showApprovals(ctx: Context, cookies: CookieJar): Handler {
  return async (request, reply) => {
    const session = await findSession(ctx, cookies.read(request.headers.cookie, 'session'));
    if (!session || session.user.blocked) {
      const journey = visitJourney(ctx, approvalsPath, chosenLanguage(request)?.slice(0, 35));
      return begin(ctx, cookies, [request, reply], journey);
    }
    const view = await pageView(ctx, request, wishesOf(request), { path: approvalsPath });
    const requests = await pendingRequestsOf(ctx, session.user_id);
    const waiting = await Promise.all(
      requests.map(async ({ id, client_id, binding_message }) => {
        const client = await findClient(ctx, client_id);
        const href = `${reviewPath}?${new URLSearchParams({ request: id, ui_locales: view.locale })}`;
        return client && { application: { name: client.name }, message: binding_message, href };
      }),
    );
    const page = renderApprovals({
      ...view,
      account: accountOf(session.user),
      waiting: waiting.filter((one) => one !== undefined),
    });
    return sendPage(reply, 200, page, { nonce: view.nonce });
  };
}

/** Opens what a person was told of. Following the link decides nothing, and who it isn't for can't decide. */
export function review(ctx: Context, cookies: CookieJar): Handler {
  return async (request, reply) => {
    const found = await findPendingRequest(ctx, queryOf(request.url).get('request') ?? '');
    // A device's request is opened by its code alone.
    if (found?.kind !== 'ciba') throw new JourneyEnded();
    const journey = approvalJourney(ctx, found, chosenLanguage(request)?.slice(0, 35));
    return begin(ctx, cookies, [request, reply], journey);
  };
}

/** The page after a decision. It tells nothing that isn't known, so anybody may see it. */
export function showDecided(ctx: Context, path: typeof approvedPath | typeof deniedPath): Handler {
  return async (request, reply) => {
    const view = await pageView(ctx, request, wishesOf(request), { path });
    const page = path === approvedPath ? renderApproved(view) : renderDenied(view);
    return sendPage(reply, 200, page, { nonce: view.nonce });
  };
}
