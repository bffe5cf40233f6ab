// Owns which claims an application asks for one by one (OpenID Connect Core §5.5).
import { readObject } from './json-text.ts';
import { invalidRequest } from './oauth-error.ts';

/** How one claim is wanted; null is "as a voluntary claim". */
export interface WantedClaim {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
}

export type WantedClaims = Readonly<Record<string, WantedClaim | null>>;

/** The `claims` parameter. */
export interface ClaimsRequest {
  readonly userinfo?: WantedClaims;
  readonly id_token?: WantedClaims;
}

const mostClaims = 100;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** OpenID Connect Core §5.5.1. */
function isWanted(value: unknown): value is WantedClaim | null {
  if (value === null) return true;
  if (!isObject(value)) return false;
  const { essential, values } = value;
  if (essential !== undefined && typeof essential !== 'boolean') return false;
  return values === undefined || Array.isArray(values);
}

function wantedIn(place: 'userinfo' | 'id_token', value: unknown): WantedClaims | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw invalidRequest(`claims.${place} must be an object of claims.`);
  const entries = Object.entries(value);
  if (entries.length > mostClaims) throw invalidRequest(`claims.${place} asks for more than ${mostClaims} claims.`);
  for (const [name, wanted] of entries) {
    if (isWanted(wanted)) continue;
    const shown = name.slice(0, 64);
    throw invalidRequest(`claims.${place}.${shown} must be null, or an object with essential, value or values.`);
  }
  // Without a prototype, a claim named __proto__ is one like the others.
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as WantedClaims;
}

/** Reads the `claims` parameter. Members that aren't understood are ignored (§5.5). Throws invalid_request. */
export function parseClaimsRequest(text: string): ClaimsRequest {
  const read = readObject(text);
  if (typeof read === 'string' || read.duplicates.length > 0) {
    throw invalidRequest('The parameter "claims" must be a JSON object in which no member stands twice.');
  }
  const userinfo = wantedIn('userinfo', read.members['userinfo']);
  const id_token = wantedIn('id_token', read.members['id_token']);
  return { ...(userinfo && { userinfo }), ...(id_token && { id_token }) };
}

/** The values that a claim must have one of; undefined when any will do. */
export function valuesOf(wanted: WantedClaim | null | undefined): readonly unknown[] | undefined {
  if (!wanted) return undefined;
  return wanted.value === undefined ? wanted.values : [wanted.value];
}
