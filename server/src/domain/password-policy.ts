// Owns what a new password must be like: Auth0's five policies.

export type PasswordPolicy = 'none' | 'low' | 'fair' | 'good' | 'excellent';

/** A demand that a password must meet. */
export type PasswordRule =
  | { readonly rule: 'min-length'; readonly length: number }
  /** Of lower case, upper case, digits and others, how many must occur. */
  | { readonly rule: 'character-kinds'; readonly kinds: number }
  /** How many of the same character may stand in a row. */
  | { readonly rule: 'repeated'; readonly times: number }
  | { readonly rule: 'not-personal' };

const notPersonal: PasswordRule = { rule: 'not-personal' };
const threeKinds: PasswordRule = { rule: 'character-kinds', kinds: 3 };

/** What each policy demands, in the order in which people are told. */
export const passwordRules: Readonly<Record<PasswordPolicy, readonly PasswordRule[]>> = {
  none: [{ rule: 'min-length', length: 1 }],
  low: [{ rule: 'min-length', length: 6 }, notPersonal],
  fair: [{ rule: 'min-length', length: 8 }, threeKinds, notPersonal],
  good: [{ rule: 'min-length', length: 8 }, threeKinds, notPersonal],
  excellent: [{ rule: 'min-length', length: 10 }, threeKinds, { rule: 'repeated', times: 2 }, notPersonal],
};

/** In bytes of UTF-8: a longer password is refused before it is hashed. */
export const longestPassword = 1024;

/** Whether a password is too long to be looked at, at sign-up and at sign-in alike. */
export function isOverlong(password: string): boolean {
  return password.length > longestPassword || new TextEncoder().encode(password).length > longestPassword;
}

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

function meets(password: string, rule: PasswordRule, email: string): boolean {
  switch (rule.rule) {
    case 'min-length':
      return [...password].length >= rule.length;
    case 'character-kinds':
      return kinds.filter((kind) => kind.test(password)).length >= rule.kinds;
    case 'repeated':
      return !new RegExp(`(.)\\1{${rule.times}}`, 'su').test(password);
    case 'not-personal': {
      const [local = ''] = email.split('@');
      return local.length < 4 || !password.toLowerCase().includes(local);
    }
  }
}

/** The rules of a policy that a new password breaks; none when it may be used. The e-mail is in canonical form. */
export function unmetRules(password: string, policy: PasswordPolicy, email: string): PasswordRule[] {
  return passwordRules[policy].filter((rule) => !meets(password, rule, email));
}
