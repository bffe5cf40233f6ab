// Owns which claims about a person a scope lets out (OpenID Connect Core §5.4), in the order Auth0 gives them.

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
}

export type Claims = Readonly<Record<string, unknown>>;

/** The claims about a person that the scopes allow. What isn't known is left out. */
export function profileClaims(profile: Profile, scope: readonly string[]): Claims {
  const claims: Record<string, unknown> = {};
  const add = (name: string, value: unknown) => {
    if (value !== null) claims[name] = value;
  };
  if (scope.includes('profile')) {
    add('given_name', profile.given_name);
    add('family_name', profile.family_name);
    add('nickname', profile.nickname);
    add('name', profile.name);
    add('picture', profile.picture);
    add('updated_at', new Date(profile.updated_at).toISOString());
  }
  if (scope.includes('email') && profile.email !== null) {
    add('email', profile.email);
    add('email_verified', profile.email_verified);
  }
  if (scope.includes('phone') && profile.phone_number !== null) {
    add('phone_number', profile.phone_number);
    add('phone_number_verified', profile.phone_verified);
  }
  return claims;
}
