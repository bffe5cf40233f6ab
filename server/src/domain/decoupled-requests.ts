// Owns requests that are made in one place and decided in another: on a device (RFC 8628), or behind the scenes (CIBA).
import { sha256 } from '#crypto/digest';
import { randomId, randomLetters, randomSecret } from '#crypto/random';
import type { AuthorizationDetail } from '#protocol/authorization-details';
import { userCodeAlphabet, userCodeLength } from '#protocol/user-code';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/decoupled-requests';
import { type AttemptLimit, addressBlock, forgiveAttempt, takeAttempt } from './attempts.ts';
import type { Context } from './context.ts';

export type DecoupledKind = 'device' | 'ciba';

/** What is asked for, frozen when it is asked. */
export interface DecoupledBody {
  readonly scope: readonly string[];
  /** The API's identifier; absent when the tokens are for userinfo alone. */
  readonly audience?: string;
  /** Where the request came from. */
  readonly ip: string;
  readonly user_agent?: string;
  /** What the application shows the person, so that they know which request is meant (CIBA Core §7.1). */
  readonly binding_message?: string;
  readonly authorization_details?: readonly AuthorizationDetail[];
  readonly acr_values?: readonly string[];
}

export interface DecoupledRequest extends DecoupledBody {
  /** Public: worth nothing without the person's sign-in. */
  readonly id: string;
  readonly kind: DecoupledKind;
  readonly client_id: string;
  /** In canonical form; undefined where nothing is typed. */
  readonly user_code: string | undefined;
  /** Who is asked; undefined until a device's code was typed. */
  readonly user_id: string | undefined;
  readonly created_at: number;
  readonly expires_at: number;
}

/** What a person allowed, until the application collects it. */
export interface DecoupledAnswer {
  readonly scope: readonly string[];
  readonly audience?: string;
  readonly sid: string;
  readonly authenticated_at: number;
  /** How strongly they proved who they are. */
  readonly acr: string;
  /** The family of tokens that it begins. */
  readonly family_id: string;
}

/** Seconds between polls (RFC 8628 §3.2, CIBA Core §7.3). */
export const pollIntervalSec = 5;

function toRequest(row: rows.DecoupledRequestRow): DecoupledRequest {
  const { id, kind, client_id, created_at, expires_at } = row;
  const people = { user_code: row.user_code ?? undefined, user_id: row.user_id ?? undefined };
  return { ...(JSON.parse(row.body) as DecoupledBody), id, kind, client_id, created_at, expires_at, ...people };
}

export interface NewRequest {
  readonly kind: DecoupledKind;
  readonly client_id: string;
  /** Who is asked; undefined for a device. */
  readonly user_id: string | undefined;
  readonly body: DecoupledBody;
  readonly lifetimeSec: number;
}

export interface BegunRequest {
  readonly id: string;
  /** What the application polls with: 256 random bits, of which only the digest is stored. */
  readonly secret: string;
  /** In canonical form; for devices alone. */
  readonly user_code: string | undefined;
}

/** Stores a request that waits for its person. */
export async function beginRequest(ctx: Pick<Context, 'database' | 'now'>, fresh: NewRequest): Promise<BegunRequest> {
  const { kind, client_id, user_id = null, body, lifetimeSec } = fresh;
  const begun = { id: randomId(), secret: randomSecret() };
  const user_code = kind === 'device' ? randomLetters(userCodeAlphabet, userCodeLength) : null;
  const now = ctx.now();
  const inserted = await rows.insert(ctx.database.queries, {
    id: begun.id,
    kind,
    secret_digest: sha256(begun.secret),
    user_code,
    client_id,
    user_id,
    body: JSON.stringify({ ...body, user_agent: body.user_agent?.slice(0, 512) }),
    status: 'pending',
    answer: null,
    openings: 0,
    poll_interval: pollIntervalSec,
    last_polled_at: null,
    created_at: now,
    expires_at: now + lifetimeSec * 1000,
  });
  // Somebody has the same code at the same time.
  return inserted ? { ...begun, user_code: user_code ?? undefined } : beginRequest(ctx, fresh);
}

/** A request that waits for its person; undefined when it was decided or expired. */
export async function findPendingRequest(
  ctx: Pick<Context, 'database' | 'now'>,
  id: string,
): Promise<DecoupledRequest | undefined> {
  const row = await rows.findPending(ctx.database.queries, id, ctx.now());
  return row && toRequest(row);
}

const mostListed = 20;

/** What waits for a person, newest first. */
export async function pendingRequestsOf(
  ctx: Pick<Context, 'database' | 'now'>,
  userId: string,
): Promise<DecoupledRequest[]> {
  const found = await rows.pendingOf(ctx.database.queries, userId, { now: ctx.now(), limit: mostListed });
  return found.map(toRequest);
}

const tenMinutes = 10 * 60 * 1000;
/**
 * Wrong codes, of one address and of all together. With a hundred devices waiting at all times it takes ten years of
 * guessing at this rate to hit the code of one.
 */
const wrongCodesOfOne: AttemptLimit = { name: 'user-code', most: 10, windowMs: tenMinutes };
const wrongCodesOfAll: AttemptLimit = { name: 'user-code-all', most: 500, windowMs: tenMinutes };
/** A code that is typed again and again without being decided is no longer a secret. */
const mostOpenings = 10;

export type Opening =
  | { readonly outcome: 'opened'; readonly request: DecoupledRequest }
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'too-many' };

/** Finds the request of a code that was typed; wrong codes are counted, and too many end the guessing (RFC 8628 §5.1). */
export async function openByUserCode(
  ctx: Pick<Context, 'database' | 'now'>,
  userCode: string | undefined,
  ip: string,
): Promise<Opening> {
  const counts = [
    [wrongCodesOfOne, addressBlock(ip)],
    [wrongCodesOfAll, ''],
  ] as const;
  // One who is past their own limit is not counted against everybody's.
  for (const [limit, subject] of counts) {
    if (!(await takeAttempt(ctx, limit, subject))) return { outcome: 'too-many' };
  }
  const options = { now: ctx.now(), most: mostOpenings };
  const row = userCode === undefined ? undefined : await rows.open(ctx.database.queries, userCode, options);
  if (!row) return { outcome: 'unknown' };
  for (const [limit, subject] of counts) await forgiveAttempt(ctx, limit, subject);
  return { outcome: 'opened', request: toRequest(row) };
}

/** Allows a request; false when it is over, or somebody else was asked. */
export async function approveRequest(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  approval: { readonly id: string; readonly user_id: string } & Omit<DecoupledAnswer, 'family_id'>,
): Promise<boolean> {
  const { id, user_id, ...allowed } = approval;
  const answer: DecoupledAnswer = { ...allowed, family_id: randomId() };
  const decision = { id, status: 'approved' as const, user_id, answer: JSON.stringify(answer) };
  return rows.decide(queries, decision, ctx.now());
}

/** Refuses a request; false when it is over, or somebody else was asked. */
export async function denyRequest(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  { id, user_id }: { readonly id: string; readonly user_id: string },
): Promise<boolean> {
  return rows.decide(queries, { id, status: 'denied', user_id, answer: null }, ctx.now());
}
