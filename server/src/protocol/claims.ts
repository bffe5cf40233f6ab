// Owns which claims about a person are let out, by scope and one by one (OpenID Connect Core §5.1, §5.4, §5.5).

import type { ClaimsRequest } from './claims-request.ts';

/** What is known of a person, as tokens and userinfo tell it. */
export interface Profile {
  readonly user_id: string;
  readonly email: string | null;
  readonly email_verified: boolean;
  readonly name: string | null;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly nickname: string | null;
  readonly picture: string | null;
  readonly phone_number: string | null;
  readonly phone_verified: boolean;
  /** Epoch milliseconds. */
  readonly updated_at: number;
  /** What the person says of themself beside that. */
  readonly user_metadata?: Readonly<Record<string, unknown>>;
}

export type Claims = Readonly<Record<string, unknown>>;

/** How times are written: as Auth0 does, or as OpenID Connect Core §5.1 says. */
export type ClaimsStyle = 'auth0' | 'standard';

function readUpdatedAt({ updated_at }: Profile, style: ClaimsStyle): string | number {
  return style === 'auth0' ? new Date(updated_at).toISOString() : Math.floor(updated_at / 1000);
}

/** A standard claim that Auth0 has no field for: it is told, where OpenID Connect's letter is kept, if it is in the metadata. */
const stated =
  (name: string, type: 'string' | 'object') =>
  ({ user_metadata = {} }: Profile, style: ClaimsStyle): unknown => {
    const value = style === 'standard' && Object.hasOwn(user_metadata, name) ? user_metadata[name] : null;
    return typeof value === type && !Array.isArray(value) ? value : null;
  };

/** Each claim with the scope that lets it out, in the order Auth0 gives them. Null is what isn't known. */
const claims: readonly (readonly [
  name: string,
  scope: string,
  read: (profile: Profile, style: ClaimsStyle) => unknown,
])[] = [
  ['given_name', 'profile', (profile) => profile.given_name],
  ['family_name', 'profile', (profile) => profile.family_name],
  ['nickname', 'profile', (profile) => profile.nickname],
  ['name', 'profile', (profile) => profile.name],
  ['picture', 'profile', (profile) => profile.picture],
  ['updated_at', 'profile', readUpdatedAt],
  ['middle_name', 'profile', stated('middle_name', 'string')],
  ['preferred_username', 'profile', stated('preferred_username', 'string')],
  ['profile', 'profile', stated('profile', 'string')],
  ['website', 'profile', stated('website', 'string')],
  ['gender', 'profile', stated('gender', 'string')],
  ['birthdate', 'profile', stated('birthdate', 'string')],
  ['zoneinfo', 'profile', stated('zoneinfo', 'string')],
  ['locale', 'profile', stated('locale', 'string')],
  ['address', 'address', stated('address', 'object')],
  ['email', 'email', (profile) => profile.email],
  ['email_verified', 'email', (profile) => (profile.email === null ? null : profile.email_verified)],
  ['phone_number', 'phone', (profile) => profile.phone_number],
  ['phone_number_verified', 'phone', (profile) => (profile.phone_number === null ? null : profile.phone_verified)],
];

const scopeOf: ReadonlyMap<string, string> = new Map(claims.map(([name, scope]) => [name, scope]));

/**
 * The scopes that claims asked for one by one belong to. Whoever must ask a person before a scope lets something out must
 * ask before a claim does.
 */
export function scopesOfClaims({ userinfo = {}, id_token = {} }: ClaimsRequest = {}): readonly string[] {
  const names = [...Object.keys(userinfo), ...Object.keys(id_token)];
  return [...new Set(names.flatMap((name) => scopeOf.get(name) ?? []))];
}

/** The names of all claims about a person, for discovery. */
export const profileClaimNames: readonly string[] = claims.map(([name]) => name);

/** The claims about a person that the scopes allow, or that were asked for by name. What isn't known is left out. */
export function profileClaims(
  profile: Profile,
  scope: readonly string[],
  wanted: Readonly<Record<string, unknown>> = {},
  style: ClaimsStyle = 'auth0',
): Claims {
  const told: Record<string, unknown> = {};
  for (const [name, allowedBy, read] of claims) {
    if (!scope.includes(allowedBy) && !(name in wanted)) continue;
    const value = read(profile, style);
    if (value !== null) told[name] = value;
  }
  return told;
}
