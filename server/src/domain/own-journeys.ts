// Owns the sign-ins that no authorization request asked for: to decide on a request made elsewhere, or to see a page.
import { acrOf } from '#protocol/acr';
import type { Client } from '#protocol/client';
import type { VerifiedRedirectUri } from '#protocol/redirect-uri';
import { findClient, ownClient, ownClientId } from './clients.ts';
import type { Context } from './context.ts';
import { approveRequest, type DecoupledRequest, denyRequest } from './decoupled-requests.ts';
import { approvedPath } from './journey-paths.ts';
import { type Completed, type Exit, enterSession, sessionRules } from './login-completion.ts';
import { endTransaction, type LoginTransaction, type Purpose } from './login-transactions.ts';
import { tenantSettings } from './tenant-settings.ts';

interface OwnRequest {
  readonly client_id: string;
  readonly scope: readonly string[];
  readonly audience?: string;
  /** Where the journey ends: a page of ours. */
  readonly path: string;
}

/** A journey asks as an application would; what comes of it goes to a page of ours, and is no code. */
function ownJourney(
  ctx: Pick<Context, 'issuer'>,
  { client_id, scope, audience, path }: OwnRequest,
  purpose: Purpose,
  locale: string | undefined,
): LoginTransaction {
  return {
    journey: 'login',
    mode: 'login',
    purpose,
    request: {
      client_id,
      redirect_uri: new URL(path, ctx.issuer).href as VerifiedRedirectUri,
      response_type: 'code',
      response_mode: 'query',
      scope,
      prompt: [],
      ui_locales: [],
      ...(audience === undefined ? {} : { audience }),
    },
    ...(locale === undefined ? {} : { locale }),
  };
}

/** The sign-in of whoever is to decide on a request: the person who is asked, or for a device whoever typed its code. */
export function approvalJourney(
  ctx: Pick<Context, 'issuer'>,
  { id, client_id, scope, audience, user_id }: DecoupledRequest,
  locale: string | undefined,
): LoginTransaction {
  const request = { client_id, scope, path: approvedPath, ...(audience === undefined ? {} : { audience }) };
  const journey = ownJourney(ctx, request, { kind: 'approve', request_id: id }, locale);
  return user_id === undefined ? journey : { ...journey, expected: user_id };
}

/** The sign-in of who wants to see a page of ours. */
export function visitJourney(ctx: Pick<Context, 'issuer'>, path: string, locale: string | undefined): LoginTransaction {
  return ownJourney(ctx, { client_id: ownClientId, scope: [], path }, { kind: 'visit', path }, locale);
}

/** The application that a journey is for; undefined when it is gone. */
export async function journeyClient(
  ctx: Pick<Context, 'documents'>,
  { request, purpose }: LoginTransaction,
): Promise<Client | undefined> {
  if (purpose?.kind !== 'visit') return findClient(ctx, request.client_id);
  return ownClient((await tenantSettings(ctx)).friendly_name);
}

/**
 * Leaves the journey: in one transaction it ends, the session starts or goes on, and the request is allowed. Undefined
 * when the same sign-in was completed already; `done` is false when the request was over.
 */
export async function completeOwn(
  ctx: Context,
  { purpose }: LoginTransaction,
  transactionId: string | undefined,
  exit: Exit,
): Promise<(Pick<Completed, 'session'> & { readonly done: boolean }) | undefined> {
  const { completion, facts } = exit;
  const rules = await sessionRules(ctx);
  return ctx.database.transaction(async (queries) => {
    const entered = await enterSession(ctx, queries, transactionId, { ...exit, ...rules });
    if (!entered) return undefined;
    const { sid, session } = entered;
    if (purpose?.kind !== 'approve') return { session, done: true };
    const { user_id, authenticated_at, methods } = completion.subject;
    const done = await approveRequest(ctx, queries, {
      id: purpose.request_id,
      user_id,
      sid,
      authenticated_at,
      acr: acrOf(methods),
      scope: completion.scope,
      ...(facts.api === undefined ? {} : { audience: facts.api.identifier }),
    });
    return { session, done };
  });
}

/** Leaves the journey by refusing the request; false when it was over. */
export async function denyOwn(
  ctx: Context,
  transactionId: string | undefined,
  refusal: { readonly id: string; readonly user_id: string },
): Promise<boolean> {
  return ctx.database.transaction(async (queries) => {
    if (transactionId !== undefined) await endTransaction(queries, transactionId);
    return denyRequest(ctx, queries, refusal);
  });
}
