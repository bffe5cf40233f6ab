// Owns journeys under way: stored, bound to the browser that began them, and ended once.
import { sha256 } from '#crypto/digest';
import { randomSecret } from '#crypto/random';
import type { AuthorizeRequest } from '#protocol/authorize-request';
import type { Queries } from '#storage/database';
import * as rows from '#storage/tables/login-transactions';
import type { Context } from './context.ts';
import { CookiesMissing, JourneyEnded } from './journey-ended.ts';
import type { Proof } from './sessions.ts';

/** What a sign-in is for that no authorization request asked for. */
export type Purpose =
  /** A decision on a request that was made elsewhere. */
  | { readonly kind: 'approve'; readonly request_id: string }
  /** A page of ours that only who is signed in may see. */
  | { readonly kind: 'visit'; readonly path: string };

/** A sign-in for an application. The request is frozen at the first hit: nothing later can change or strip it. */
export interface LoginTransaction {
  readonly journey: 'login';
  readonly request: AuthorizeRequest;
  /** The digest of the pushed request that this is, which the response uses up. */
  readonly pushed?: string;
  /** Undefined when the sign-in answers an authorization request. */
  readonly purpose?: Purpose;
  /** Of whom the application speaks, by the name it knows them by: nobody else's sign-in is an answer. */
  readonly expected?: string;
  /** Whether the person is making an account or using one. */
  readonly mode: 'login' | 'signup';
  /** The language that the person chose on a page. */
  readonly locale?: string;
  /** What the person typed as their e-mail address. */
  readonly identifier?: string | undefined;
  /** Who the person proved to be, in this transaction. */
  readonly proof?: Proof | undefined;
  /** Asked to choose an account: the user_id of the session gone on with, or `another` to sign in anew. */
  readonly account?: string;
  /** The user_id of the person who allowed what the application asks for, in this transaction. */
  readonly consented_by?: string;
  /** The person refused what the application asks for. */
  readonly denied?: true;
}

/** A log-out that the person has yet to confirm. */
export interface LogoutTransaction {
  readonly journey: 'logout';
  readonly sid: string;
  readonly client_id?: string;
  /** Where the person goes then: a registered address, complete with its state. */
  readonly return_to?: string;
}

/** A log-out that happened, of which applications are yet to be told by this browser. */
export interface LoggedOutTransaction {
  readonly journey: 'logged-out';
  readonly sid: string;
  /** The client_id of each. */
  readonly clients: readonly string[];
  /** Where the person goes then: a registered address, complete with its state. */
  readonly return_to?: string;
}

interface Journeys {
  login: LoginTransaction;
  logout: LogoutTransaction;
  'logged-out': LoggedOutTransaction;
}

export interface Stored<T> {
  /** The `state` of the pages: 256 random bits. */
  readonly id: string;
  readonly transaction: T;
}

export type StoredTransaction = Stored<LoginTransaction>;

/** Long enough to find a password or a phone. */
const lifetimeMs = 60 * 60 * 1000;

/** Stores a transaction for the browser that holds the cookie. Returns its id. */
export async function beginTransaction(
  ctx: Pick<Context, 'database' | 'now'>,
  browser: string,
  transaction: Journeys[keyof Journeys],
): Promise<string> {
  const id = randomSecret();
  const now = ctx.now();
  await rows.insert(ctx.database.queries, {
    id_digest: sha256(id),
    browser_digest: sha256(browser),
    body: JSON.stringify(transaction),
    created_at: now,
    expires_at: now + lifetimeMs,
  });
  return id;
}

function clientOf(transaction: Journeys[keyof Journeys]): string | undefined {
  return transaction.journey === 'login' ? transaction.request.client_id : undefined;
}

/**
 * The live transaction of an id, of one kind of journey, in the browser that began it and in no other. Throws
 * CookiesMissing when the browser shows no cookie at all, else JourneyEnded.
 */
export async function resumeTransaction<J extends keyof Journeys>(
  ctx: Pick<Context, 'database' | 'now'>,
  journey: J,
  id: string | undefined,
  browser: string | undefined,
): Promise<Stored<Journeys[J]>> {
  if (browser === undefined) throw new CookiesMissing();
  const row = id === undefined ? undefined : await rows.find(ctx.database.queries, sha256(id));
  if (id === undefined || row?.browser_digest !== sha256(browser)) throw new JourneyEnded();
  const transaction = JSON.parse(row.body) as Journeys[keyof Journeys];
  if (row.expires_at <= ctx.now()) throw new JourneyEnded(clientOf(transaction));
  if (transaction.journey !== journey) throw new JourneyEnded();
  return { id, transaction: transaction as Journeys[J] };
}

/** Writes what the person did; the request stays as it was. */
export async function advanceTransaction(
  ctx: Pick<Context, 'database'>,
  { id, transaction }: StoredTransaction,
  change: Partial<Omit<LoginTransaction, 'journey' | 'request' | 'pushed' | 'purpose' | 'expected'>>,
): Promise<StoredTransaction> {
  const next = { ...transaction, ...change };
  await rows.updateBody(ctx.database.queries, sha256(id), JSON.stringify(next));
  return { id, transaction: next };
}

/** Ends a transaction; only one caller ever gets true. */
export async function endTransaction(queries: Queries, id: string): Promise<boolean> {
  return rows.remove(queries, sha256(id));
}
