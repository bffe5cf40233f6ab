// Owns the passwords that administrators give to accounts: what a connection accepts, hashed.
import type { AnyConnection } from './connections.ts';
import type { Context } from './context.ts';
import { isOverlong, passwordRulesOf, unmetRules } from './password-policy.ts';
import { InvalidSetting } from './refusals.ts';

/** A hash of a password that the connection accepts. Throws InvalidSetting and PasswordQueueFull. */
export async function acceptedPassword(
  ctx: Pick<Context, 'passwords'>,
  connection: AnyConnection,
  password: string,
  email: string,
): Promise<string> {
  if (isOverlong(password)) throw new InvalidSetting('PasswordTooLongError: Password is too long');
  const unmet = unmetRules(password, passwordRulesOf(connection.options), email);
  const personal = unmet.some(({ rule }) => rule === 'not-personal');
  if (unmet.length > 0) {
    throw new InvalidSetting(
      personal
        ? 'PasswordNoUserInfoError: Password contains user information'
        : 'PasswordStrengthError: Password is too weak',
    );
  }
  return ctx.passwords.hash(password);
}
