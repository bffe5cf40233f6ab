// Owns what people prove themselves by beside their password, in Auth0's spelling.
import { sha256 } from '#crypto/digest';
import { randomAlphanumeric, randomLetters } from '#crypto/random';
import * as rows from '#storage/tables/authentication-methods';
import type { Context } from './context.ts';

/** What an administrator says of one; `totp_secret` is sealed and never shown. */
export interface MethodSettings {
  readonly type: string;
  readonly name?: string;
  readonly email?: string;
  readonly phone_number?: string;
  readonly preferred_authentication_method?: string;
  readonly totp_secret?: string;
  readonly key_id?: string;
  readonly public_key?: string;
  readonly relying_party_identifier?: string;
}

export interface AuthenticationMethod extends Omit<MethodSettings, 'totp_secret'> {
  readonly id: string;
  readonly user_id: string;
  readonly confirmed: boolean;
  /** ISO 8601. */
  readonly created_at: string;
}

type Needed = Pick<Context, 'database' | 'vault' | 'now'>;

/** Every kind there is. */
const methodTypes = [
  'email',
  'passkey',
  'phone',
  'push',
  'recovery-code',
  'totp',
  'webauthn-platform',
  'webauthn-roaming',
];

function toMethod(row: rows.AuthenticationMethodRow): AuthenticationMethod {
  const { totp_secret, digest, ...settings } = JSON.parse(row.body) as MethodSettings & { digest?: string };
  const { id, user_id, created_at } = row;
  return { ...settings, id, user_id, confirmed: true, created_at: new Date(created_at).toISOString() };
}

/** The row of a new one. */
export function methodRow(
  ctx: Pick<Context, 'vault' | 'now'>,
  userId: string,
  { totp_secret, ...settings }: MethodSettings,
): rows.AuthenticationMethodRow {
  const sealed =
    totp_secret === undefined ? {} : { totp_secret: ctx.vault.seal('setting', JSON.stringify(totp_secret)) };
  const { type } = settings;
  const id = `${type}|dev_${randomAlphanumeric(16)}`;
  return { id, user_id: userId, type, body: JSON.stringify({ ...settings, ...sealed }), created_at: ctx.now() };
}

export async function listMethods(ctx: Needed, userId: string): Promise<readonly AuthenticationMethod[]> {
  return (await rows.listForUser(ctx.database.queries, userId)).map(toMethod);
}

export async function findMethod(ctx: Needed, userId: string, id: string): Promise<AuthenticationMethod | undefined> {
  const row = await rows.find(ctx.database.queries, id);
  return row?.user_id === userId ? toMethod(row) : undefined;
}

/** Whosever it is, by its id with or without what kind it is. */
export async function findDevice(ctx: Needed, id: string): Promise<AuthenticationMethod | undefined> {
  const row = await rows.findDevice(
    ctx.database.queries,
    id.includes('|') ? [id] : methodTypes.map((type) => `${type}|${id}`),
  );
  return row && toMethod(row);
}

export async function addMethod(ctx: Needed, userId: string, settings: MethodSettings): Promise<AuthenticationMethod> {
  const row = methodRow(ctx, userId, settings);
  await rows.insert(ctx.database.queries, row);
  return toMethod(row);
}

/** Puts methods in the place of all that a person has. */
export async function replaceMethods(
  ctx: Needed,
  userId: string,
  all: readonly MethodSettings[],
): Promise<readonly AuthenticationMethod[]> {
  const fresh = all.map((settings) => methodRow(ctx, userId, settings));
  await ctx.database.transaction(async (queries) => {
    await rows.removeOfUser(queries, userId);
    for (const row of fresh) await rows.insert(queries, row);
  });
  return fresh.map(toMethod);
}

export async function changeMethod(
  ctx: Needed,
  userId: string,
  id: string,
  change: Partial<MethodSettings>,
): Promise<AuthenticationMethod | undefined> {
  return ctx.database.transaction(async (queries) => {
    const row = await rows.find(queries, id);
    if (row?.user_id !== userId) return undefined;
    const body = JSON.stringify({ ...JSON.parse(row.body), ...change });
    await rows.update(queries, id, body);
    return toMethod({ ...row, body });
  });
}

export async function removeMethod(ctx: Needed, userId: string, id: string): Promise<void> {
  if (await findMethod(ctx, userId, id)) await rows.remove(ctx.database.queries, id);
}

export async function removeMethods(ctx: Needed, userId: string): Promise<void> {
  await rows.removeOfUser(ctx.database.queries, userId);
}

/** Letters that nobody takes for another. */
const recoveryAlphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Gives a person a new recovery code, which is shown this once; the one before ends. */
export async function regenerateRecoveryCode(ctx: Needed, userId: string): Promise<string> {
  const code = randomLetters(recoveryAlphabet, 24);
  const id = `recovery-code|dev_${randomAlphanumeric(16)}`;
  const body = JSON.stringify({ type: 'recovery-code', digest: sha256(code) });
  await ctx.database.transaction(async (queries) => {
    const old = (await rows.listForUser(queries, userId)).filter(({ type }) => type === 'recovery-code');
    for (const row of old) await rows.remove(queries, row.id);
    await rows.insert(queries, { id, user_id: userId, type: 'recovery-code', body, created_at: ctx.now() });
  });
  return code;
}
