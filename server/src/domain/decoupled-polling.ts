// Owns the collecting of what was decided elsewhere: the application polls until a person has answered.
import { sha256 } from '#crypto/digest';
import type { Client } from '#protocol/client';
import { OAuthError, type OAuthErrorCode } from '#protocol/oauth-error';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/decoupled-requests';
import type { Context } from './context.ts';
import type { DecoupledAnswer, DecoupledBody, DecoupledKind } from './decoupled-requests.ts';
import { revokeFamily } from './revocations.ts';
import { holdSession } from './sessions.ts';

/** A poll that comes a little early by the ways of the network is none too many. */
const graceMs = 500;
/** RFC 8628 §3.5, CIBA Core §11: what slow_down adds, in seconds. */
const intervalGrowth = 5;

/** What differs between the two: how the secret is called, and with what status a poll is refused. */
export interface PollingDialect {
  readonly kind: DecoupledKind;
  /** The parameter that carries the secret. */
  readonly parameter: 'device_code' | 'auth_req_id';
  /** Auth0 answers devices with 403; CIBA Core §11 refers to RFC 6749 §5.2, where it is 400. */
  readonly status: 400 | 403;
}

/** What was allowed, and by whom. */
export interface Collected {
  readonly id: string;
  readonly user_id: string;
  readonly answer: DecoupledAnswer;
  readonly authorization_details: DecoupledBody['authorization_details'];
  readonly acr_values: DecoupledBody['acr_values'];
}

function refusal({ status }: PollingDialect, code: OAuthErrorCode, description: string, detail?: string): OAuthError {
  return new OAuthError(code, description, detail, status);
}

function unknownSecret(dialect: PollingDialect, detail: string): OAuthError {
  return refusal(dialect, 'invalid_grant', `Invalid or expired ${dialect.parameter}`, detail);
}

/** The refusal of a request that nobody has answered yet, by how soon the poll comes. */
async function pendingRefusal(
  ctx: Pick<Context, 'database' | 'revocations' | 'now'>,
  dialect: PollingDialect,
  row: rows.DecoupledRequestRow,
): Promise<OAuthError> {
  const pace = { now: ctx.now(), graceMs, growth: intervalGrowth };
  if (await rows.poll(ctx.database.queries, row.id, pace)) {
    return refusal(dialect, 'authorization_pending', 'The end-user authorization is pending.');
  }
  const wait = row.poll_interval + intervalGrowth;
  return refusal(dialect, 'slow_down', `You are polling faster than allowed. Wait ${wait} seconds between requests.`);
}

/**
 * What the person of a request allowed. It reads, notes the poll, and redeems nothing. Throws OAuthError:
 * authorization_pending, slow_down, expired_token, access_denied (RFC 8628 §3.5, CIBA Core §11), or invalid_grant.
 */
export async function proveApproval(
  ctx: Pick<Context, 'database' | 'revocations' | 'now'>,
  client: Client,
  dialect: PollingDialect,
  secret: string,
): Promise<Collected> {
  const row = await rows.findBySecret(ctx.database.queries, { kind: dialect.kind, secret_digest: sha256(secret) });
  if (row?.client_id !== client.client_id) throw unknownSecret(dialect, 'unknown, or of another client');
  if (row.status === 'redeemed') throw await replayed(ctx, dialect, row);
  if (row.status === 'denied')
    throw refusal(dialect, 'access_denied', 'The end-user denied the authorization request.');
  if (row.expires_at <= ctx.now()) {
    throw refusal(dialect, 'expired_token', `The ${dialect.parameter} has expired. Begin a new request.`);
  }
  if (row.status === 'pending') throw await pendingRefusal(ctx, dialect, row);
  const { authorization_details, acr_values } = JSON.parse(row.body) as DecoupledBody;
  return { id: row.id, user_id: row.user_id as string, answer: answerOf(row), authorization_details, acr_values };
}

function answerOf({ answer }: rows.DecoupledRequestRow): DecoupledAnswer {
  return JSON.parse(answer as string) as DecoupledAnswer;
}

/** Two have the secret: what the first use gave is taken back, as with codes (RFC 6749 §4.1.2). */
async function replayed(
  ctx: Pick<Context, 'database' | 'revocations' | 'now'>,
  dialect: PollingDialect,
  row: rows.DecoupledRequestRow,
): Promise<OAuthError> {
  await ctx.database.transaction((queries) => revokeFamily(ctx, queries, answerOf(row).family_id));
  return unknownSecret(dialect, 'replayed');
}

/**
 * Redeems what was collected, in the given transaction: of any number of callers exactly one succeeds. Returns the
 * refusal instead of throwing it, because what was decided about a replay must be written.
 */
export async function redeemApproval(
  ctx: Pick<Context, 'revocations' | 'now'>,
  queries: Queries,
  dialect: PollingDialect,
  { id, answer }: Collected,
): Promise<OAuthError | undefined> {
  if (!(await rows.redeem(queries, id, ctx.now()))) {
    await revokeFamily(ctx, queries, answer.family_id);
    return unknownSecret(dialect, 'replayed');
  }
  // Who logged out before the tokens were collected wants none to be.
  if (!(await holdSession(queries, answer.sid))) return unknownSecret(dialect, 'the session has ended');
  return undefined;
}
