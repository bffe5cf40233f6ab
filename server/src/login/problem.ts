// Owns what can be wrong with a submitted form, and how a person is told.
import type { PasswordRule } from '#domain/password-policy';
import type { Catalogue } from '#i18n/en';

export type FieldName = 'username' | 'email' | 'password' | 'user_code';

/** What a screen is handed back when a form could not be accepted. */
export type Problem =
  | { readonly kind: 'missing-field'; readonly field: FieldName }
  | { readonly kind: 'invalid-email' }
  | { readonly kind: 'wrong-credentials' }
  | { readonly kind: 'password-too-weak'; readonly unmet: readonly PasswordRule[] }
  | { readonly kind: 'password-too-long'; readonly length: number }
  | { readonly kind: 'signup-impossible' }
  | { readonly kind: 'unknown-code' }
  | { readonly kind: 'too-many-codes' }
  | { readonly kind: 'too-busy' };

/** A problem in words: of the whole form, or of one field; `marks` names the field to type again. */
export interface ProblemText {
  readonly form?: string;
  readonly field?: string;
  readonly marks?: FieldName;
}

/** Puts a problem into words. */
export function describeProblem(problem: Problem, t: Catalogue): ProblemText {
  const texts = t.problems;
  switch (problem.kind) {
    case 'missing-field':
      return { field: texts.missing[problem.field], marks: problem.field };
    case 'invalid-email':
      return { field: texts.invalidEmail, marks: 'email' };
    case 'wrong-credentials':
      return { form: texts.wrongCredentials, marks: 'password' };
    case 'password-too-weak':
      return { field: texts.passwordTooWeak, marks: 'password' };
    case 'password-too-long':
      return { field: texts.passwordTooLong(problem.length), marks: 'password' };
    case 'signup-impossible':
      return { form: texts.signupImpossible };
    case 'unknown-code':
      return { field: texts.unknownCode, marks: 'user_code' };
    case 'too-many-codes':
      return { form: texts.tooManyCodes };
    case 'too-busy':
      return { form: texts.tooBusy };
  }
}

/** Puts a password rule into words. */
export function describeRule(rule: PasswordRule, t: Catalogue): string {
  const texts = t.passwordRules;
  switch (rule.rule) {
    case 'min-length':
      return texts.minLength(rule.length);
    case 'not-personal':
      return texts.notPersonal;
    case 'character-kinds':
      return texts.characterKinds(rule.kinds);
    case 'repeated':
      return texts.repeated(rule.times);
    case 'lowercase':
    case 'uppercase':
    case 'number':
    case 'special':
      return texts[rule.rule];
    case 'not-sequential':
      return texts.notSequential;
    case 'not-listed':
      return texts.notListed;
  }
}
