// Owns what a row of an import may say of a person (Auth0's schema), and what it means.
import { type ForeignHash, passwordEncodings } from '#crypto/foreign-hash';
import { foreignAlgorithms, foreignHashFault, keptForeignHash } from '#crypto/foreign-hashes';
import type { AccountSettings } from './account-rows.ts';
import type { MethodSettings } from './authentication-methods.ts';
import { canonicalEmail } from './email-address.ts';
import {
  hasMembers,
  isFlag,
  isInteger,
  isList,
  isObject,
  isOneOf,
  isText,
  type RowError,
  type Rule,
  rowError,
} from './import-rules.ts';

export type Identifier = 'email' | 'username' | 'phone_number';

export interface ImportedUser {
  /** Of the identity, with its provider; undefined: one is made. */
  readonly user_id: string | undefined;
  readonly settings: AccountSettings;
  /** What the password's hash is kept as. */
  readonly passwordHash: string | undefined;
  /** Whether it came as a `custom_password_hash`, which is for new people alone. */
  readonly isHashCustom: boolean;
  readonly factors: readonly MethodSettings[];
}

const isEmail = isText({ most: 254, format: { name: 'email', fits: (text) => canonicalEmail(text) !== undefined } });
const encoding = isOneOf(['base64', 'hex', 'utf8']);
const hashText = isText({ most: 2048 });
const secretText = isText({ least: 0, most: 2048 });

const customPasswordHash = hasMembers(
  {
    algorithm: isOneOf(foreignAlgorithms),
    hash: hasMembers(
      {
        value: hashText,
        encoding,
        digest: isText({ most: 20 }),
        key: hasMembers({ value: secretText, encoding }, ['value']),
      },
      ['value'],
    ),
    salt: hasMembers({ value: secretText, encoding, position: isOneOf(['prefix', 'suffix']) }, ['value']),
    password: hasMembers({ encoding: isOneOf(passwordEncodings) }),
    keylen: isInteger(1),
    cost: isInteger(2),
    blockSize: isInteger(1),
    parallelization: isInteger(1),
  },
  ['algorithm', 'hash'],
);

const phone = isText({ most: 16, pattern: /^\+[0-9]{1,15}$/ });

const mfaFactor: Rule = (value, path) => {
  const errors = hasMembers({
    totp: hasMembers({ secret: isText({ most: 256, pattern: /^[A-Z2-7]+$/, isSecret: true }) }, ['secret']),
    phone: hasMembers({ value: phone }, ['value']),
    email: hasMembers({ value: isEmail }, ['value']),
  })(value, path);
  if (errors.length > 0 || Object.keys(value as object).length === 1) return errors;
  return [rowError('NOT_PASSED', path, 'A factor is one of totp, phone and email')];
};

const row = hasMembers({
  email: isEmail,
  email_verified: isFlag,
  user_id: isText({ most: 250, pattern: /^[^\s\p{Cc}]+$/u }),
  username: isText({ most: 128, pattern: /^[^\s\p{Cc}]+$/u }),
  phone_number: phone,
  phone_verified: isFlag,
  given_name: isText({ most: 150 }),
  family_name: isText({ most: 150 }),
  name: isText({ most: 300 }),
  nickname: isText({ most: 300 }),
  picture: isText({ most: 2000, format: { name: 'uri', fits: (text) => URL.canParse(text) } }),
  blocked: isFlag,
  password_hash: isText({ most: 100 }),
  custom_password_hash: customPasswordHash,
  app_metadata: isObject,
  user_metadata: isObject,
  mfa_factors: isList(mfaFactor, { least: 1, most: 10 }),
});

interface Factor {
  readonly totp?: { readonly secret: string };
  readonly phone?: { readonly value: string };
  readonly email?: { readonly value: string };
}

type Row = AccountSettings & {
  readonly user_id?: string;
  readonly password_hash?: string;
  readonly custom_password_hash?: ForeignHash;
  readonly mfa_factors?: readonly Factor[];
};

function hashOf({ password_hash, custom_password_hash }: Row): ForeignHash | undefined {
  return password_hash === undefined ? custom_password_hash : { algorithm: 'bcrypt', hash: { value: password_hash } };
}

function hashErrors(sent: Row): readonly RowError[] {
  const { password_hash, custom_password_hash } = sent;
  if (password_hash !== undefined && custom_password_hash !== undefined)
    return [rowError('NOT_PASSED', '', 'password_hash and custom_password_hash exclude each other')];
  const hash = hashOf(sent);
  const fault = hash && foreignHashFault(hash);
  if (!fault) return [];
  const path = password_hash === undefined ? `custom_password_hash.${fault.path}` : 'password_hash';
  return [rowError('INVALID_FORMAT', path, fault.sentence)];
}

function identifierErrors(sent: Row, required: readonly Identifier[]): readonly RowError[] {
  const missing = required.filter((name) => sent[name] === undefined);
  if (missing.length > 0)
    return missing.map((name) => rowError('OBJECT_REQUIRED', '', `Missing required property: ${name}`));
  if (sent.email !== undefined || sent.username !== undefined || sent.phone_number !== undefined) return [];
  return [rowError('ANY_OF_MISSING', '', 'One of email, username and phone_number is needed')];
}

function factorOf({ totp, phone, email }: Factor): MethodSettings {
  if (totp) return { type: 'totp', totp_secret: totp.secret };
  if (phone) return { type: 'phone', phone_number: phone.value, preferred_authentication_method: 'sms' };
  return { type: 'email', email: email?.value ?? '' };
}

function settingsOf(sent: Row): AccountSettings {
  const {
    user_id: _id,
    password_hash: _hash,
    custom_password_hash: _custom,
    mfa_factors: _factors,
    ...settings
  } = sent;
  const { email, username } = settings;
  return {
    ...settings,
    ...(typeof email === 'string' ? { email: canonicalEmail(email) as string } : {}),
    ...(typeof username === 'string' ? { username: username.toLowerCase() } : {}),
  };
}

/**
 * Reads a row, for a connection that knows people by `required` identifiers. Ids may be given with the provider before
 * them, as in an export, or without.
 */
export function readImportedUser(
  value: unknown,
  { provider, required }: { readonly provider: string; readonly required: readonly Identifier[] },
): ImportedUser | { readonly errors: readonly RowError[] } {
  const errors = row(value, '');
  if (errors.length > 0) return { errors };
  const sent = value as Row;
  const more = [...identifierErrors(sent, required), ...hashErrors(sent)];
  if (more.length > 0) return { errors: more };
  const { user_id } = sent;
  const hash = hashOf(sent);
  const prefix = `${provider}|`;
  return {
    user_id: user_id === undefined || user_id.startsWith(prefix) ? user_id : prefix + user_id,
    settings: settingsOf(sent),
    passwordHash: hash && keptForeignHash(hash),
    isHashCustom: sent.custom_password_hash !== undefined,
    factors: (sent.mfa_factors ?? []).map(factorOf),
  };
}

const hidden = '*****';

/** What is hidden wherever a row has it: people put plain passwords into files, too. */
const secretNames: ReadonlySet<string> = new Set(['password', 'password_hash', 'secret', 'totp']);
/** What of a hash is no secret. */
const openNames: ReadonlySet<string> = new Set(['algorithm', 'encoding', 'digest', 'position']);

/** A row as its report shows it: without hashes, keys and seeds, wherever in it they are misplaced. */
export function shownRow(value: unknown): unknown {
  const show = (name: string, member: unknown) => {
    if (name === 'custom_password_hash') return shownHash(member);
    const isSecret = secretNames.has(name) && member !== null && (typeof member !== 'object' || name !== 'totp');
    return isSecret ? hidden : member;
  };
  return JSON.parse(JSON.stringify(value, show));
}

function shownHash(value: unknown): unknown {
  if (typeof value === 'string') return hidden;
  const show = (name: string, member: unknown) =>
    typeof member === 'string' && !openNames.has(name) ? hidden : member;
  return JSON.parse(JSON.stringify(value, show));
}
