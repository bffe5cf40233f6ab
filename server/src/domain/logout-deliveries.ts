// Owns the telling of applications that a session ended (OpenID Connect Back-Channel Logout §2.5): to each of them, by
// one node, until it has heard.

import { logoutTokenClaims, logoutTokenType } from '#protocol/logout-token';
import { OAuthError } from '#protocol/oauth-error';
import { OutboundFailed } from '#protocol/outbound';
import * as rows from '#storage/tables/logout-outbox';
import { signAnswer } from './answers.ts';
import { findClient } from './clients.ts';
import type { Context } from './context.ts';
import { backOffMs, DeliveryRunner, leaseMs } from './delivery-runner.ts';
import { subjectFor } from './subjects.ts';

const second = 1000;
const hour = 3600 * second;

const mostAttempts = 10;
const longestMs = 24 * hour;
/** How long an address is left alone where nobody answers, so that it doesn't keep the others waiting. */
const restMs = 30 * second;

/** What came of an attempt: `refused` is for good, `failed` may be tried again. */
type Outcome =
  | { readonly kind: 'told' }
  | { readonly kind: 'unwanted' }
  | { readonly kind: 'refused' | 'failed' | 'unreachable'; readonly reason: string };

/** Back-Channel Logout §2.8: 200, or 204 where a framework can't help it; 400 says that the token will never do. */
function outcomeOf(status: number): Outcome {
  if (status === 200 || status === 204) return { kind: 'told' };
  return { kind: status === 400 ? 'refused' : 'failed', reason: `status ${status}` };
}

async function attempt(ctx: Context, delivery: rows.LogoutDeliveryRow): Promise<Outcome> {
  const { client_id, url, user_id, sid, id } = delivery;
  const client = await findClient(ctx, client_id);
  // Only what is registered now is called, whatever was when the session ended.
  if (!client?.oidc_logout?.backchannel_logout_urls?.includes(url)) return { kind: 'unwanted' };
  const nowSec = Math.floor(ctx.now() / 1000);
  const sub = subjectFor(ctx, client, user_id);
  const claims = logoutTokenClaims({ issuer: ctx.issuer, client_id, sub, sid, jti: id, nowSec });
  try {
    const { alg } = client.jwt_configuration;
    const logout_token = await signAnswer(ctx, client, claims, { alg, typ: logoutTokenType });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = new URLSearchParams({ logout_token }).toString();
    return outcomeOf((await ctx.outbound({ url, method: 'POST', headers, body })).status);
  } catch (error) {
    if (error instanceof OutboundFailed) return { kind: 'unreachable', reason: error.message };
    if (error instanceof OAuthError) return { kind: 'refused', reason: error.description };
    throw error;
  }
}

/** When it is tried again, in epoch milliseconds; undefined when it is given up. */
function nextAttemptAt(
  ctx: Pick<Context, 'now'>,
  { attempts, created_at }: rows.LogoutDeliveryRow,
): number | undefined {
  const at = ctx.now() + backOffMs(attempts);
  return attempts >= mostAttempts || at - created_at > longestMs ? undefined : at;
}

async function settle(ctx: Context, delivery: rows.LogoutDeliveryRow, outcome: Outcome): Promise<void> {
  const { queries } = ctx.database;
  const { id, client_id, user_id, url, attempts } = delivery;
  const failed = outcome.kind === 'failed' || outcome.kind === 'unreachable';
  const again = failed ? nextAttemptAt(ctx, delivery) : undefined;
  if (again === undefined) await rows.remove(queries, id);
  else await rows.reschedule(queries, delivery, again);
  const now = ctx.now();
  if (outcome.kind === 'unreachable') await rows.postpone(queries, url, { now, until: now + restMs });
  if (outcome.kind === 'unwanted') return;
  if (outcome.kind === 'told') {
    return ctx.emit({ type: 'oidc_backchannel_logout_succeeded', client_id, user_id, description: url });
  }
  const fate = again === undefined ? 'given up' : 'to be tried again';
  const description = `${url}: ${outcome.reason}, ${fate} after ${attempts} of ${mostAttempts} attempts`;
  ctx.emit({ type: 'oidc_backchannel_logout_failed', client_id, user_id, description });
}

/** Tells applications of log-outs. */
export class LogoutDeliveries extends DeliveryRunner<rows.LogoutDeliveryRow> {
  constructor(ctx: Context, onError: (error: unknown) => void) {
    const claim = (limit: number) => {
      const now = ctx.now();
      return rows.claim(ctx.database.queries, { now, until: now + leaseMs, limit });
    };
    super({ claim, deliver: async (row) => settle(ctx, row, await attempt(ctx, row)) }, onError);
  }
}
