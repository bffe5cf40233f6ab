// Owns the one exit of a sign-in: the session that it starts or goes on with, and what the application is answered.
import { randomId } from '#crypto/random';
import { acrOf } from '#protocol/acr';
import type { AuthorizeRequest } from '#protocol/authorize-request';
import type { ResponseParameters } from '#protocol/response-mode';
import { gives, isFrontChannel } from '#protocol/response-type';
import type { Queries } from '#storage/database';
import { partFor } from './api-parts.ts';
import { issueCode } from './authorization-codes.ts';
import type { Caller, Context } from './context.ts';
import { issueFrontChannelTokens } from './front-channel.ts';
import type { Completion, FlowFacts } from './login-flow.ts';
import { endTransaction, type LoginTransaction } from './login-transactions.ts';
import { logoutListeners } from './logout-outbox.ts';
import { spendPushedRequest } from './pushed-requests.ts';
import type { FamilyDetails } from './refresh-tokens.ts';
import {
  joinSession,
  type Proof,
  type Session,
  type SessionLifetimes,
  type StartedSession,
  sessionLifetimes,
  startSession,
  touchSession,
} from './sessions.ts';
import { findUser, recordLogin } from './users.ts';

interface SessionRules {
  readonly lifetimes: SessionLifetimes;
  /** Who is told when another person's session ends by this one's beginning. */
  readonly listeners: Awaited<ReturnType<typeof logoutListeners>>;
}

/** Read before a transaction begins: inside one nothing else may be read. */
export async function sessionRules(ctx: Context): Promise<SessionRules> {
  return { lifetimes: await sessionLifetimes(ctx), listeners: await logoutListeners(ctx) };
}

export interface Exit {
  readonly completion: Completion;
  readonly facts: FlowFacts;
  readonly caller: Caller;
}

/**
 * Ends the journey in the given transaction, and starts the session or goes on with it. Undefined when the same sign-in
 * was completed already.
 */
export async function enterSession(
  ctx: Context,
  queries: Queries,
  transactionId: string | undefined,
  { completion: { subject, fresh }, facts, caller, lifetimes, listeners }: Exit & SessionRules,
): Promise<{ readonly sid: string; readonly session: StartedSession | undefined } | undefined> {
  if (transactionId !== undefined && !(await endTransaction(queries, transactionId))) return undefined;
  if (!fresh) {
    const session = facts.session as Session;
    await touchSession(ctx, queries, session, lifetimes);
    return { sid: session.sid, session: undefined };
  }
  const session = await startSession(ctx, queries, {
    proof: subject,
    previous: facts.session,
    caller,
    lifetimes,
    listeners,
  });
  await recordLogin(queries, subject.user_id, ctx.now(), caller.ip);
  return { sid: session.sid, session };
}

/** What was asked for beyond scope and audience, and how the person proved who they are where that was asked. */
function detailsOf(
  { claims, acr_values, authorization_details, resources }: AuthorizeRequest,
  { methods }: Proof,
): FamilyDetails {
  const { acr, amr } = claims?.id_token ?? {};
  return {
    ...(claims && { claims }),
    ...(authorization_details && { authorization_details }),
    ...(resources && { resources }),
    ...(acr_values === undefined && acr === undefined ? {} : { acr: acrOf(methods) }),
    ...(amr === undefined ? {} : { amr: methods }),
  };
}

/** What a code is bound to by the request that asked for it. */
function boundTo({ redirect_uri, code_challenge, dpop_jkt, nonce }: AuthorizeRequest, audience: string | undefined) {
  return {
    redirect_uri,
    ...(code_challenge === undefined ? {} : { code_challenge }),
    ...(dpop_jkt === undefined ? {} : { dpop_jkt }),
    ...(nonce === undefined ? {} : { nonce }),
    ...(audience === undefined ? {} : { audience }),
  };
}

/** What both the code and the tokens of one response come of. */
interface Issue {
  readonly sid: string;
  readonly family_id: string;
  readonly details: FamilyDetails;
}

function issueRequestedCode(
  ctx: Context,
  queries: Queries,
  request: AuthorizeRequest,
  { completion: { subject, scope }, facts }: Exit,
  issue: Issue,
): Promise<string> | undefined {
  if (!gives(request.response_type, 'code')) return undefined;
  const { user_id, authenticated_at } = subject;
  const bound = boundTo(request, facts.api?.identifier);
  return issueCode(ctx, queries, request.client_id, { ...bound, ...issue, scope, user_id, authenticated_at });
}

async function frontChannelTokens(
  ctx: Context,
  request: AuthorizeRequest,
  { completion: { subject, scope }, facts }: Exit,
  { sid, family_id, details }: Issue,
  code: string | undefined,
): Promise<ResponseParameters> {
  const user = isFrontChannel(request.response_type) ? await findUser(ctx, subject.user_id) : undefined;
  if (!user) return {};
  const { resources: _all, authorization_details: _details, ...asked } = details;
  const signedIn = { user, sid, nonce: request.nonce, authenticated_at: subject.authenticated_at, ...asked };
  const { client, api, position } = facts;
  const authorization = { client, signedIn, api, family_id, position, ...partFor(api, scope, details) };
  return issueFrontChannelTokens(ctx, authorization, request, code);
}

export interface Completed {
  /** What the application is answered. */
  readonly response: ResponseParameters;
  /** Set when a new cookie must be given. */
  readonly session: StartedSession | undefined;
}

/**
 * Leaves the journey: in one transaction the sign-in ends, the session starts or goes on, and the code is issued, bound
 * to client, redirect URI, PKCE and session; then the tokens that the response itself holds. Undefined when the same
 * sign-in was completed already.
 */
export async function complete(
  ctx: Context,
  tx: LoginTransaction,
  /** Undefined when nothing had to be asked and so nothing was stored. */
  transactionId: string | undefined,
  exit: Exit,
): Promise<Completed | undefined> {
  const { request } = tx;
  const { client_id } = request;
  const rules = await sessionRules(ctx);
  const entrance = { family_id: randomId(), details: detailsOf(request, exit.completion.subject) };
  const settled = await ctx.database.transaction(async (queries) => {
    if (tx.pushed !== undefined && !(await spendPushedRequest(ctx, queries, tx.pushed))) return undefined;
    const entered = await enterSession(ctx, queries, transactionId, { ...exit, ...rules });
    if (!entered) return undefined;
    const { sid, session } = entered;
    // A code joins the session when it is redeemed; tokens are there at once.
    if (isFrontChannel(request.response_type) && !(await joinSession(ctx, queries, { sid, client_id })))
      return undefined;
    const issue = { ...entrance, sid };
    return { issue, session, code: await issueRequestedCode(ctx, queries, request, exit, issue) };
  });
  if (!settled) return undefined;
  const { issue, session, code } = settled;
  return { session, response: { code, ...(await frontChannelTokens(ctx, request, exit, issue, code)) } };
}
