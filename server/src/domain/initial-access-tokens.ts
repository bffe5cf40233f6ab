// Owns initial access tokens: by whose leave an application registers itself, where the tenant wants it so (RFC 7591 §3).
import { randomSecret } from '#crypto/random';
import { OAuthError } from '#protocol/oauth-error';
import type { Context } from './context.ts';
import { InvalidSetting } from './refusals.ts';
import { useOnce } from './replays.ts';
import { tenantSettings } from './tenant-settings.ts';

/** What a token says that is whole and unexpired. It may have been used up. */
export interface InitialAccess {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly expires_at: number;
}

/** Whether the tenant takes registrations from those alone who were given a token. */
export async function needsInitialAccess(ctx: Pick<Context, 'documents'>): Promise<boolean> {
  return (await tenantSettings(ctx)).flags?.require_initial_access_token === true;
}

const longestLifetimeSec = 30 * 86_400;

/**
 * Makes a token by which one application may register itself, within `lifetimeSec` (1 second to 30 days). Nothing of it is
 * stored before it is used. Throws RangeError.
 */
export function issueInitialAccessToken(
  ctx: Pick<Context, 'vault' | 'now'>,
  { lifetimeSec }: { readonly lifetimeSec: number },
): string {
  if (!Number.isInteger(lifetimeSec) || lifetimeSec < 1 || lifetimeSec > longestLifetimeSec) {
    throw new InvalidSetting(`The lifetime must be from 1 to ${longestLifetimeSec} seconds, not ${lifetimeSec}.`);
  }
  const access: InitialAccess = { id: randomSecret(), expires_at: ctx.now() + lifetimeSec * 1000 };
  return ctx.vault.seal('initial-access-token', JSON.stringify(access));
}

/** The same sentence whatever is wrong: who holds a token that is spent learns no more than who made one up. */
const refused = () =>
  new OAuthError(
    'invalid_token',
    'The initial access token is not valid, has expired or was used. Ask the operator for another.',
  );

/** Reads a token without using it up. Throws invalid_token. */
export function readInitialAccessToken(ctx: Pick<Context, 'vault' | 'now'>, token: string): InitialAccess {
  const text = ctx.vault.unseal('initial-access-token', token);
  const access = text === undefined ? undefined : (JSON.parse(text) as InitialAccess);
  if (!access || access.expires_at <= ctx.now()) throw refused();
  return access;
}

/** Uses a token up: of any number of callers exactly one comes through. Throws invalid_token. */
export async function spendInitialAccess(
  ctx: Pick<Context, 'database'>,
  { id, expires_at }: InitialAccess,
): Promise<void> {
  if (!(await useOnce(ctx, 'initial-access-token', { scope: '', id }, expires_at))) throw refused();
}
