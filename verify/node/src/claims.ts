// Owns what an access token must say: who issued it, for whom, and for how long (RFC 9068 §4, and Auth0's form).
import type { JsonObject } from './encoding.ts';
import { VerificationError } from './errors.ts';

export interface Expected {
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** Epoch seconds. */
  readonly now: number;
  /** Seconds. */
  readonly tolerance: number;
}

const quoted = (value: unknown) => JSON.stringify(value)?.slice(0, 200) ?? 'nothing';

const audiencesOf = ({ aud }: JsonObject): readonly unknown[] => (aud === undefined ? [] : [aud].flat());

/** What only an ID token has (OpenID Connect Core §2): Auth0's access tokens say their application in `azp`, RFC 9068's in `client_id`. */
function isIdToken(claims: JsonObject): boolean {
  if (claims['azp'] !== undefined && claims['scope'] !== undefined) return false;
  return (
    'nonce' in claims || 'at_hash' in claims || 'c_hash' in claims || (!('azp' in claims) && !('client_id' in claims))
  );
}

const idToken = () => new VerificationError('wrong_kind', 'This is an ID token; send the access token.');

function checkAudience(claims: JsonObject, { audiences }: Expected): void {
  const own = audiencesOf(claims);
  if (own.some((each) => typeof each === 'string' && audiences.includes(each))) return;
  if (isIdToken(claims)) throw idToken();
  throw new VerificationError(
    'wrong_audience',
    `The token is for ${quoted(claims['aud'])}, and this API is ${quoted(audiences.length === 1 ? audiences[0] : audiences)}. Ask for a token with this API's audience.`,
  );
}

const seconds = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Throws expired. */
export function checkExpiry(exp: number, now: number, tolerance: number): void {
  if (now < exp + tolerance) return;
  throw new VerificationError(
    'expired',
    `The token expired ${Math.floor(now - exp)} seconds ago. Get a new one with the refresh token.`,
  );
}

function checkTimes({ exp, nbf, iat }: JsonObject, { now, tolerance }: Expected): number {
  if (!seconds(exp)) throw new VerificationError('malformed', 'The token does not say when it expires.');
  checkExpiry(exp, now, tolerance);
  for (const from of [nbf, iat]) {
    if (from === undefined || (seconds(from) && from <= now + tolerance)) continue;
    throw new VerificationError('not_yet_valid', 'The token is not valid yet. Is the clock of this server right?');
  }
  return exp;
}

const required = ['sub', 'client_id', 'jti', 'iat'];

/** Returns the time of expiry. Throws wrong_issuer, wrong_kind, wrong_audience, expired, not_yet_valid or malformed. */
export function checkClaims(claims: JsonObject, isRfc9068: boolean, expected: Expected): number {
  if (claims['iss'] !== expected.issuer) {
    throw new VerificationError(
      'wrong_issuer',
      `The token's issuer is ${quoted(claims['iss'])}, not ${quoted(expected.issuer)}.`,
    );
  }
  if ('events' in claims) throw new VerificationError('wrong_kind', 'This is a logout token; send the access token.');
  checkAudience(claims, expected);
  if (!isRfc9068 && isIdToken(claims)) throw idToken();
  const lacking = isRfc9068 ? required.filter((name) => claims[name] === undefined) : [];
  if (lacking.length > 0)
    throw new VerificationError('malformed', `The token lacks ${lacking.join(', ')} (RFC 9068 §2.2).`);
  return checkTimes(claims, expected);
}

function lackingOf(needed: readonly string[] | undefined, given: readonly unknown[]): string[] {
  return (needed ?? []).filter((name) => !given.includes(name));
}

export interface Needed {
  /** All of them. */
  readonly scopes?: readonly string[] | undefined;
  readonly permissions?: readonly string[] | undefined;
}

/** Throws insufficient_scope. */
export function checkScope({ scope, permissions }: JsonObject, needed: Needed): void {
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  const missing = [
    ...lackingOf(needed.scopes, scopes),
    ...lackingOf(needed.permissions, Array.isArray(permissions) ? permissions : []),
  ];
  if (missing.length === 0) return;
  throw new VerificationError('insufficient_scope', `The token does not allow ${missing.join(' ')}.`, { missing });
}
