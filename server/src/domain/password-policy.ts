// Owns what a new password must be like: Auth0's five policies, and the finer rules that a database may have.

export type PasswordPolicy = 'none' | 'low' | 'fair' | 'good' | 'excellent';

export type CharacterType = 'lowercase' | 'uppercase' | 'number' | 'special';

/** A demand that a password must meet. */
export type PasswordRule =
  | { readonly rule: 'min-length'; readonly length: number }
  /** Of lower case, upper case, digits and others, how many must occur. */
  | { readonly rule: 'character-kinds'; readonly kinds: number }
  /** How many of the same character may stand in a row. */
  | { readonly rule: 'repeated'; readonly times: number }
  /** A kind that must occur. */
  | { readonly rule: CharacterType }
  /** No three in the order of the alphabet or of the digits, forwards or backwards. */
  | { readonly rule: 'not-sequential' }
  /** None of these words, in whatever case. */
  | { readonly rule: 'not-listed'; readonly words: readonly string[] }
  | { readonly rule: 'not-personal' };

const notPersonal: PasswordRule = { rule: 'not-personal' };
const threeKinds: PasswordRule = { rule: 'character-kinds', kinds: 3 };

/** What each policy demands, in the order in which people are told. */
const policies: Readonly<Record<PasswordPolicy, readonly PasswordRule[]>> = {
  none: [{ rule: 'min-length', length: 1 }],
  low: [{ rule: 'min-length', length: 6 }, notPersonal],
  fair: [{ rule: 'min-length', length: 8 }, threeKinds, notPersonal],
  good: [{ rule: 'min-length', length: 8 }, threeKinds, notPersonal],
  excellent: [{ rule: 'min-length', length: 10 }, threeKinds, { rule: 'repeated', times: 2 }, notPersonal],
};

/** A database's settings about passwords, in Auth0's spelling: those of a policy, or the newer ones instead. */
export interface PasswordSettings {
  readonly passwordPolicy?: PasswordPolicy | null;
  readonly password_complexity_options?: { readonly min_length?: number } | null;
  readonly password_no_personal_info?: { readonly enable?: boolean } | null;
  readonly password_dictionary?: { readonly enable?: boolean; readonly dictionary?: readonly string[] } | null;
  readonly password_options?: PasswordOptions | null;
}

interface PasswordOptions {
  readonly complexity?: {
    readonly min_length?: number;
    readonly character_types?: readonly CharacterType[];
    readonly character_type_rule?: 'all' | 'three_of_four';
    readonly identical_characters?: 'allow' | 'block';
    readonly sequential_characters?: 'allow' | 'block';
  };
  readonly profile_data?: { readonly active?: boolean };
  readonly dictionary?: { readonly active?: boolean; readonly custom?: readonly string[] };
}

function rulesOfOptions({ complexity = {}, profile_data, dictionary }: PasswordOptions): PasswordRule[] {
  const { min_length = 1, character_types: types = [], character_type_rule } = complexity;
  const { identical_characters, sequential_characters } = complexity;
  const rules: (PasswordRule | false)[] = [
    { rule: 'min-length', length: min_length },
    character_type_rule === 'three_of_four' && threeKinds,
    ...(character_type_rule === 'three_of_four' ? [] : types.map((rule) => ({ rule }))),
    identical_characters === 'block' && { rule: 'repeated', times: 2 },
    sequential_characters === 'block' && { rule: 'not-sequential' },
    dictionary?.active === true && { rule: 'not-listed', words: dictionary.custom ?? [] },
    profile_data?.active === true && notPersonal,
  ];
  return rules.filter((rule) => rule !== false);
}

function rulesOfPolicy(policy: PasswordPolicy, settings: PasswordSettings): PasswordRule[] {
  const { password_complexity_options: complexity, password_no_personal_info: personal } = settings;
  const { password_dictionary: dictionary } = settings;
  const own = policies[policy].map((rule) =>
    rule.rule === 'min-length' ? { ...rule, length: complexity?.min_length ?? rule.length } : rule,
  );
  return [
    ...own,
    ...(personal?.enable && !own.includes(notPersonal) ? [notPersonal] : []),
    ...(dictionary?.enable ? [{ rule: 'not-listed', words: dictionary.dictionary ?? [] } as const] : []),
  ];
}

/** What a database demands of new passwords. A policy goes before the newer settings; whatever is none of both is `good`. */
export function passwordRulesOf(settings: PasswordSettings): readonly PasswordRule[] {
  const { passwordPolicy: policy, password_options: options } = settings;
  if (policy != null && Object.hasOwn(policies, policy)) return rulesOfPolicy(policy, settings);
  return options ? rulesOfOptions(options) : rulesOfPolicy('good', settings);
}

/** In bytes of UTF-8: a longer password is refused before it is hashed. */
export const longestPassword = 1024;

/** Whether a password is too long to be looked at, at sign-up and at sign-in alike. */
export function isOverlong(password: string): boolean {
  return password.length > longestPassword || new TextEncoder().encode(password).length > longestPassword;
}

const kinds: Readonly<Record<CharacterType, RegExp>> = {
  lowercase: /\p{Ll}/u,
  uppercase: /\p{Lu}/u,
  number: /\p{Nd}/u,
  special: /[^\p{Ll}\p{Lu}\p{Nd}]/u,
};

function hasSequence(password: string): boolean {
  const points = [...password.toLowerCase()].map((character) => character.codePointAt(0) as number);
  const isWord = (point: number) => (point >= 48 && point <= 57) || (point >= 97 && point <= 122);
  return points.some((point, at) => {
    const [second = 0, third = 0] = points.slice(at + 1, at + 3);
    const step = second - point;
    return Math.abs(step) === 1 && third - second === step && [point, second, third].every(isWord);
  });
}

function meets(password: string, rule: PasswordRule, email: string): boolean {
  switch (rule.rule) {
    case 'min-length':
      return [...password].length >= rule.length;
    case 'character-kinds':
      return Object.values(kinds).filter((kind) => kind.test(password)).length >= rule.kinds;
    case 'repeated':
      return !new RegExp(`(.)\\1{${rule.times}}`, 'su').test(password);
    case 'lowercase':
    case 'uppercase':
    case 'number':
    case 'special':
      return kinds[rule.rule].test(password);
    case 'not-sequential':
      return !hasSequence(password);
    case 'not-listed':
      return !rule.words.some((word) => word.toLowerCase() === password.toLowerCase());
    case 'not-personal': {
      const [local = ''] = email.split('@');
      return local.length < 4 || !password.toLowerCase().includes(local);
    }
  }
}

/** The rules that a new password breaks; none when it may be used. The e-mail is in canonical form. */
export function unmetRules(password: string, rules: readonly PasswordRule[], email: string): PasswordRule[] {
  return rules.filter((rule) => !meets(password, rule, email));
}
