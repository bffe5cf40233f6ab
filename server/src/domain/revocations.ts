// Owns what ends tokens before their time: which act ends which of them, and the question whether one has been ended.
import { fingerprint, printsOf } from '#crypto/fingerprint';
import { facts, factsAbout, parseTokenId, type RevocableToken } from '#protocol/revocation';
import type { Queries } from '#storage/database';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import * as rows from '#storage/tables/revocations';
import type { Context } from './context.ts';
import type { StatusEntry } from './status-lists.ts';

/** What an act is about, as far as it matters for what it ends. */
interface Concerned {
  readonly jti?: string;
  /** The token's entry in a status list, where that is known: others that share it have another from then on. */
  readonly status?: StatusEntry | undefined;
  readonly authorization?: string;
  readonly sid?: string;
  /** What stands in tokens for a person (`subjectKeysOf`). */
  readonly subjects?: readonly string[];
  readonly client_id?: string;
  readonly audiences?: readonly string[];
  readonly kid?: string;
}

type Ends = (concerned: Concerned) => readonly string[];

const pairs = (one: readonly string[] = [], other: readonly string[] = []) =>
  one.flatMap((a) => other.map((b) => [a, b] as const));

/** What each kind of fact is made of. */
const token: Ends = ({ jti = '', status }) => [
  facts.token(jti),
  ...(status ? [facts.status(status.list, status.idx)] : []),
];
const authorization: Ends = (concerned) => [facts.authorization(concerned.authorization ?? '')];
const session: Ends = ({ sid = '' }) => [facts.session(sid)];
const person: Ends = ({ subjects = [] }) => subjects.map(facts.user);
const personAtClient: Ends = ({ subjects, client_id = '' }) =>
  pairs(subjects, [client_id]).map(([subject, client]) => facts.userClient(subject, client));
const personAtApi: Ends = ({ subjects, audiences }) =>
  pairs(subjects, audiences).map(([subject, audience]) => facts.userAudience(subject, audience));
const client: Ends = ({ client_id = '' }) => [facts.client(client_id)];
const clientAtApi: Ends = ({ client_id = '', audiences = [] }) =>
  audiences.map((audience) => facts.clientAudience(client_id, audience));
const api: Ends = ({ audiences = [] }) => audiences.map(facts.audience);
const key: Ends = ({ kid = '' }) => [facts.key(kid)];

/**
 * The one table of which act ends which access tokens: those that were issued before it, and that it concerns. Refresh
 * tokens and sessions end by what the acts themselves do. The end of a session by its age ends none.
 */
const acts = {
  'session-ended': session,
  'authorization-ended': authorization,
  'token-revoked': token,
  'person-ended': person,
  'consent-withdrawn': personAtClient,
  'permissions-taken': personAtApi,
  'application-ended': client,
  'client-grant-narrowed': clientAtApi,
  'api-narrowed': api,
  'key-revoked': key,
} as const satisfies Record<string, Ends>;

type Act = keyof typeof acts;

/** The facts of an act, for who writes them where no feed is followed. */
export function factsOf(act: Act, concerned: Concerned): readonly string[] {
  return acts[act](concerned);
}

type Needed = Pick<Context, 'revocations'>;

/** Ends the access tokens that an act ends, in the transaction of the act. */
export async function revoke(ctx: Needed, queries: Queries, act: Act, concerned: Concerned): Promise<void> {
  await ctx.revocations.put(queries, acts[act](concerned));
}

/** Ends every token that came of one authorization: its refresh token and its access tokens. */
export async function revokeFamily(
  ctx: Needed & Pick<Context, 'now'>,
  queries: Queries,
  familyId: string,
): Promise<void> {
  await refreshTokens.revoke(queries, familyId, ctx.now());
  await revoke(ctx, queries, 'authorization-ended', { authorization: familyId });
}

/** Ends every token that was issued in one session, at whatever application. */
export async function revokeSessionTokens(
  ctx: Needed & Pick<Context, 'now'>,
  queries: Queries,
  sid: string,
): Promise<void> {
  await refreshTokens.revokeSession(queries, sid, ctx.now());
  await revoke(ctx, queries, 'session-ended', { sid });
}

/** Ends one access token; the fact may be forgotten when the token has expired, in epoch seconds, if that is known. */
export async function revokeToken(
  ctx: Pick<Context, 'database' | 'revocations'>,
  { exp, ...token }: Pick<Concerned, 'status'> & { readonly jti: string; readonly exp?: number },
): Promise<void> {
  await ctx.revocations.put(ctx.database.queries, acts['token-revoked'](token), exp && exp * 1000);
}

async function isAnyFact(ctx: Pick<Context, 'database'>, texts: readonly string[], position: number): Promise<boolean> {
  return rows.isAnyAfter(ctx.database.queries, { fingerprints: texts.map(fingerprint), position });
}

/** Whether an access token of ours was ended before its time. Asks the database: no node is behind another here. */
export async function isRevoked(ctx: Pick<Context, 'database'>, token: RevocableToken): Promise<boolean> {
  return isAnyFact(ctx, factsAbout(token), parseTokenId(token.jti)?.position ?? 0);
}

/** The same, as far as this node knows: it asks nobody, and hears of what other nodes end within a second. */
export function isKnownRevoked(ctx: Pick<Context, 'knownFacts'>, token: RevocableToken): boolean {
  const prints = printsOf(factsAbout(token).map(fingerprint).join(''));
  return ctx.knownFacts.isAnyAfter(prints, parseTokenId(token.jti)?.position ?? 0);
}

/** Whether a session was ended, and not just forgotten. */
export async function isSessionRevoked(ctx: Pick<Context, 'database'>, sid: string): Promise<boolean> {
  return isAnyFact(ctx, [facts.session(sid)], 0);
}
