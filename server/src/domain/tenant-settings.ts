// Owns the settings of the tenant as a whole, in Auth0's spelling.
import type { Context } from './context.ts';
import { singleton } from './records.ts';

export interface TenantSettings {
  readonly friendly_name: string;
  readonly enabled_locales: readonly string[];
  /** The database connection where people are looked up first. */
  readonly default_directory: string;
  readonly default_audience?: string;
  /** Where people are sent who come without an application, or to begin to sign in. */
  readonly default_redirection_uri?: string;
  readonly allowed_logout_urls: readonly string[];
  /** Hours: after this a person signs in again, whatever they did meanwhile. */
  readonly session_lifetime: number;
  /** Hours without a visit. */
  readonly idle_session_lifetime: number;
  /**
   * Whether applications may watch the session from a frame (OpenID Connect Session Management). Off unless switched on:
   * Auth0 has no such thing, and browsers that block third-party cookies show the frame none.
   */
  readonly session_management?: boolean;
  readonly flags?: TenantFlags;
  /** Where actions run; Auth0's tools set it. */
  readonly sandbox_version?: string;
}

/** Auth0 has some dozens more; those are kept as they were set. */
export interface TenantFlags {
  /** Whether applications may register themselves (RFC 7591). Off unless switched on. */
  readonly enable_dynamic_client_registration?: boolean;
  /** Whether they need a token for that, which somebody gave them (RFC 7591 §3). Otherwise anybody may. */
  readonly require_initial_access_token?: boolean;
}

const defaultDirectory = 'Username-Password-Authentication';

const defaultTenantSettings: TenantSettings = {
  friendly_name: 'Warifu',
  enabled_locales: ['en', 'ja'],
  default_directory: defaultDirectory,
  allowed_logout_urls: [],
  session_lifetime: 168,
  idle_session_lifetime: 72,
};

export const storedTenantSettings = singleton<TenantSettings>('tenant-settings', defaultTenantSettings);

const effective = new WeakMap<TenantSettings, TenantSettings>();

/** The settings as they work: what was taken away, or left empty where that means nothing, is as it is by default. */
export async function tenantSettings(ctx: Pick<Context, 'documents'>): Promise<TenantSettings> {
  const stored = await storedTenantSettings.read(ctx);
  const known = effective.get(stored);
  if (known) return known;
  const settings = { ...defaultTenantSettings, ...stored };
  const made = { ...settings, default_directory: settings.default_directory || defaultDirectory };
  effective.set(stored, made);
  return made;
}

/** Changes the settings that are given, and leaves the others. */
export async function changeTenantSettings(
  ctx: Pick<Context, 'documents'>,
  change: Partial<TenantSettings>,
): Promise<void> {
  await storedTenantSettings.change(ctx, (settings) => ({ ...settings, ...change }));
}
