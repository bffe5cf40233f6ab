// Owns what a new password must be like: Auth0's five policies.

/** `none` asks for 1 character, `low` for 6, `fair` for 8 of three kinds, `good` and `excellent` for 8 and 10 of more kinds. */
export type PasswordPolicy = 'none' | 'low' | 'fair' | 'good' | 'excellent';

/** What a password breaks: the shortest length asked for, or the kinds of characters. */
export type PasswordFault =
  | { readonly rule: 'too-short'; readonly atLeast: number }
  | { readonly rule: 'too-long'; readonly atMost: number }
  | { readonly rule: 'character-kinds'; readonly kinds: number }
  | { readonly rule: 'repeated-characters' }
  | { readonly rule: 'contains-email' };

interface Requirements {
  readonly length: number;
  /** Of lower case, upper case, digits and others, how many must occur. */
  readonly kinds: number;
  /** Whether three of the same character in a row are refused. */
  readonly noRuns: boolean;
}

export const requirements: Readonly<Record<PasswordPolicy, Requirements>> = {
  none: { length: 1, kinds: 0, noRuns: false },
  low: { length: 6, kinds: 0, noRuns: false },
  fair: { length: 8, kinds: 3, noRuns: false },
  good: { length: 8, kinds: 3, noRuns: false },
  excellent: { length: 10, kinds: 3, noRuns: true },
};

/** In bytes of UTF-8: beyond this a password is refused before it is hashed. */
export const longestPassword = 1024;

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** Whether a password is too long to be looked at, at sign-up and at sign-in alike. */
export function isOverlong(password: string): boolean {
  return password.length > longestPassword || Buffer.byteLength(password) > longestPassword;
}

/** Everything that is wrong with a new password; nothing when it may be used. */
export function passwordFaults(password: string, policy: PasswordPolicy, email: string | undefined): PasswordFault[] {
  if (isOverlong(password)) return [{ rule: 'too-long', atMost: longestPassword }];
  const { length, kinds: wanted, noRuns } = requirements[policy];
  const faults: PasswordFault[] = [];
  if ([...password].length < length) faults.push({ rule: 'too-short', atLeast: length });
  if (kinds.filter((kind) => kind.test(password)).length < wanted) faults.push({ rule: 'character-kinds', kinds: wanted });
  if (noRuns && /(.)\1\1/u.test(password)) faults.push({ rule: 'repeated-characters' });
  const local = email?.split('@')[0];
  if (policy !== 'none' && local && local.length >= 4 && password.toLowerCase().includes(local)) {
    faults.push({ rule: 'contains-email' });
  }
  return faults;
}
