// Owns the tenant's root and master keys as Auth0 tells of them, and the taking over of a root key of one's own.
import { generateWrappingKey, unwrapKey } from '#crypto/key-wrapping';
import { randomUuid } from '#crypto/random';
import type { Context } from './context.ts';
import { type Document, records } from './records.ts';

type KeyType = 'customer-provided-root-key' | 'environment-root-key' | 'tenant-master-key';
type KeyState = 'pre-activation' | 'active' | 'deactivated' | 'destroyed';

export interface RootKey {
  readonly kid: string;
  readonly type: KeyType;
  readonly state: KeyState;
  readonly parent_kid: string | null;
  /** PEM of the public half that a key of one's own is wrapped for; sealed private half beside it. */
  readonly public_key: string | null;
  readonly wrapping_key?: string;
  /** Sealed. */
  readonly material?: string;
}

export const rootKeys = records<RootKey>('root-keys');

type Needed = Pick<Context, 'documents' | 'vault'>;

async function make(
  ctx: Needed,
  type: KeyType,
  state: KeyState,
  parent_kid: string | null,
): Promise<Document<RootKey>> {
  const kid = randomUuid();
  const created = await rootKeys.create(ctx, kid, { kid, type, state, parent_kid, public_key: null });
  if (created === 'taken') throw new Error('A random id was made twice.');
  return created;
}

/** The key of a type that is in use; the first time it is asked for, it is made. */
async function active(ctx: Needed, type: KeyType, parent: string | null): Promise<Document<RootKey>> {
  const found = (await rootKeys.list(ctx)).find(({ body }) => body.type === type && body.state === 'active');
  return found ?? make(ctx, type, 'active', parent);
}

/** Every key, the newest first. */
export async function listRootKeys(ctx: Needed): Promise<readonly Document<RootKey>[]> {
  const own = (await rootKeys.list(ctx)).find(
    ({ body }) => body.type === 'customer-provided-root-key' && body.state === 'active',
  );
  const root = own ?? (await active(ctx, 'environment-root-key', null));
  await active(ctx, 'tenant-master-key', root.id);
  return (await rootKeys.list(ctx)).toReversed();
}

/** Makes the place for a root key of one's own; it works once its material is brought. */
export function createRootKey(ctx: Needed, type: KeyType): Promise<Document<RootKey>> {
  return make(ctx, type, 'pre-activation', null);
}

/** The public key that material for a root key is wrapped for. */
export async function wrappingKeyOf(ctx: Needed, kid: string): Promise<string | undefined> {
  const { publicKeyPem, privateKeyPem } = await generateWrappingKey();
  const wrapping_key = ctx.vault.seal('setting', privateKeyPem);
  const changed = await rootKeys.change(ctx, kid, (key) => ({ ...key, public_key: publicKeyPem, wrapping_key }));
  return changed === undefined ? undefined : publicKeyPem;
}

/** Takes wrapped material over, and the key into use. False when it wasn't wrapped for this key. */
export async function importRootKey(ctx: Needed, { id, body }: Document<RootKey>, wrapped: string): Promise<boolean> {
  const sealed = body.wrapping_key;
  const privateKey = sealed === undefined ? undefined : ctx.vault.unseal('setting', sealed);
  const material = privateKey === undefined ? undefined : unwrapKey(privateKey, wrapped);
  if (!material) return false;
  for (const key of await rootKeys.list(ctx)) {
    if (key.body.state === 'active' && key.body.type !== 'tenant-master-key')
      await setState(ctx, key.id, 'deactivated');
  }
  const kept = ctx.vault.seal('setting', material.toString('base64'));
  await rootKeys.change(ctx, id, ({ wrapping_key, ...key }) => ({
    ...key,
    state: 'active',
    public_key: null,
    material: kept,
  }));
  await rekey(ctx);
  return true;
}

async function setState(ctx: Needed, kid: string, state: KeyState): Promise<void> {
  await rootKeys.change(ctx, kid, ({ material, wrapping_key, ...key }) => ({ ...key, state }));
}

/** Another master key takes the place of the one there was. */
export async function rekey(ctx: Needed): Promise<void> {
  const all = await rootKeys.list(ctx);
  const old = all.find(({ body }) => body.type === 'tenant-master-key' && body.state === 'active');
  const root = all.find(({ body }) => body.state === 'active' && body.type !== 'tenant-master-key');
  const parent = root ?? (await active(ctx, 'environment-root-key', null));
  if (old) await setState(ctx, old.id, 'destroyed');
  await make(ctx, 'tenant-master-key', 'active', parent.id);
}

/** Destroys a key's material; the key is told of as destroyed from then on. */
export function destroyRootKey(ctx: Needed, kid: string): Promise<void> {
  return setState(ctx, kid, 'destroyed');
}
