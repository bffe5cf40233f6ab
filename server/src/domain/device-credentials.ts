// Owns what people's devices are known by: public keys, and the refresh tokens that they hold.
import { randomAlphanumeric } from '#crypto/random';
import * as rows from '#storage/tables/device-credentials';
import * as refreshTokens from '#storage/tables/refresh-tokens';
import type { RowWindow } from '#storage/window';
import { findClient } from './clients.ts';
import type { Context } from './context.ts';
import { Taken } from './refusals.ts';
import { revokeFamily } from './revocations.ts';

export type DeviceCredentialType = 'public_key' | 'refresh_token' | 'rotating_refresh_token';

export interface DeviceCredential {
  readonly id: string;
  readonly device_name?: string;
  readonly device_id?: string;
  readonly type: DeviceCredentialType;
  readonly user_id: string;
  readonly client_id: string;
}

export type NewDeviceCredential = Pick<
  rows.DeviceCredentialRow,
  'user_id' | 'client_id' | 'device_id' | 'device_name' | 'value'
>;

type Needed = Pick<Context, 'database' | 'documents' | 'revocations' | 'now'>;

/** Keeps the public key of a device, and returns its id. Throws Taken. */
export async function addDeviceCredential(ctx: Needed, fresh: NewDeviceCredential): Promise<string> {
  const id = `dcr_${randomAlphanumeric(16)}`;
  const isNew = await rows.insert(ctx.database.queries, { ...fresh, id, created_at: ctx.now() });
  if (!isNew) throw new Taken('A public key already exists for the device.');
  return id;
}

export interface ListedDevice extends DeviceCredential {
  readonly at: number;
}

/** Public keys, the oldest first. */
export async function listDeviceKeys(
  ctx: Needed,
  filter: rows.DeviceFilter,
  window: RowWindow,
): Promise<readonly ListedDevice[]> {
  const found = await rows.list(ctx.database.queries, filter, window);
  return found.map(({ value, created_at, ...device }) => ({ ...device, type: 'public_key', at: created_at }));
}

export async function countDeviceKeys(ctx: Needed, filter: rows.DeviceFilter): Promise<number> {
  return rows.count(ctx.database.queries, filter);
}

/** The refresh tokens that a person's devices hold, of one kind. */
export async function listDeviceTokens(
  ctx: Needed,
  { user_id, client_id }: { readonly user_id: string; readonly client_id?: string | undefined },
  type: 'refresh_token' | 'rotating_refresh_token',
): Promise<readonly DeviceCredential[]> {
  const all = await refreshTokens.listLiveOfUser(ctx.database.queries, user_id, ctx.now());
  const some = client_id === undefined ? all : all.filter((family) => family.client_id === client_id);
  const devices = await Promise.all(
    some.map(async (family): Promise<DeviceCredential> => {
      const client = await findClient(ctx, family.client_id);
      const rotates = client?.refresh_token.rotation_type === 'rotating';
      const kind = rotates ? 'rotating_refresh_token' : 'refresh_token';
      return { id: family.family_id, type: kind, user_id, client_id: family.client_id };
    }),
  );
  return devices.filter((device) => device.type === type);
}

/** Forgets a key, or ends a refresh token with the access tokens that came of it; only a person's own, if one is named. */
export async function removeDeviceCredential(ctx: Needed, id: string, owner: string | undefined): Promise<void> {
  const isTheirs = (userId: string) => owner === undefined || owner === userId;
  await ctx.database.transaction(async (queries) => {
    const key = await rows.find(queries, id);
    if (key && isTheirs(key.user_id)) await rows.remove(queries, id);
    const family = key ? undefined : await refreshTokens.find(queries, id);
    if (family && isTheirs(family.user_id)) await revokeFamily(ctx, queries, id);
  });
}
