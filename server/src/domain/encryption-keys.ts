// Owns the keys that applications encrypt with for this server: made when one wants to, published, and replaced in time.
import {
  decryptionKeysOf,
  type EncryptionKeyType,
  encryptionKeyType,
  generateEncryptionKey,
} from '#crypto/encryption-key';
import { type DecryptionKey, isJweAlgorithm } from '#crypto/jwe';
import { type Document, documentKind } from '#storage/documents';
import type { Context } from './context.ts';

interface EncryptionKey {
  readonly type: EncryptionKeyType;
  /** Only the current one is published; the previous one still opens what was encrypted before. */
  readonly status: 'current' | 'previous';
  readonly public_jwk: JsonWebKey;
  readonly sealed_private_key: string;
}

/** Of each type one is current, whichever node made it. */
const kind = documentKind<EncryptionKey>('encryption-keys', ({ type, status }) => (status === 'current' ? type : null));

type Needed = Pick<Context, 'documents' | 'vault'>;

/** Another node that is quicker has made the one that counts. */
async function makeKey({ documents, vault }: Needed, type: EncryptionKeyType): Promise<void> {
  const { kid, publicJwk, privateKeyPem } = await generateEncryptionKey(type);
  const sealed_private_key = vault.seal('encryption-key', privateKeyPem);
  await documents.create<EncryptionKey>(kind, kid, {
    type,
    status: 'current',
    public_jwk: publicJwk,
    sealed_private_key,
  });
}

/** Makes and publishes the key that an algorithm needs, unless it is there: before an application encrypts with it. */
export async function publishEncryptionKey(ctx: Needed, alg: string | undefined): Promise<void> {
  if (alg === undefined || !isJweAlgorithm(alg)) return;
  const type = encryptionKeyType(alg);
  if (!(await ctx.documents.getByName(kind, type))) await makeKey(ctx, type);
}

type Keys = readonly Document<EncryptionKey>[];

/** By the list, which is the same until a key comes or goes. */
const published = new WeakMap<Keys, readonly Record<string, unknown>[]>();
const opened = new WeakMap<Keys, readonly DecryptionKey[]>();

/** The public halves, for the JWKS; the same list until a key comes or goes. */
export async function publishedEncryptionKeys({
  documents,
}: Pick<Context, 'documents'>): Promise<readonly Record<string, unknown>[]> {
  const keys = await documents.list(kind);
  const known = published.get(keys);
  if (known) return known;
  const current = keys.filter(({ body }) => body.status === 'current');
  // No alg: each is good for several (RFC 7517 §4.4 leaves it out then).
  const jwks = current.map(({ id, body }) => ({ ...body.public_jwk, use: 'enc', kid: id }));
  published.set(keys, jwks);
  return jwks;
}

/** Everything that can still be opened, the newest first. */
export async function decryptionKeys({ documents, vault }: Needed): Promise<readonly DecryptionKey[]> {
  const keys = await documents.list(kind);
  const known = opened.get(keys);
  if (known) return known;
  const all = keys.toReversed().flatMap(({ id, body }) => {
    const pem = vault.unseal('encryption-key', body.sealed_private_key);
    if (pem === undefined) throw new Error('An encryption key cannot be opened: was the master key replaced?');
    return decryptionKeysOf(id, body.type, pem);
  });
  opened.set(keys, all);
  return all;
}

/** Who reads our JWKS may keep it for a while, and what was encrypted lives for an hour at most. */
const keptMs = 24 * 60 * 60 * 1000;

/** Housekeeping: replaces the keys that are so old, which with Infinity none is, and forgets what nobody encrypts with. */
export async function tendEncryptionKeys(ctx: Needed & Pick<Context, 'now'>, rotateEveryMs: number): Promise<void> {
  const { documents, now } = ctx;
  const keys = await documents.list(kind);
  for (const { id, body, created_at, updated_at } of keys) {
    if (body.status === 'previous' && updated_at + keptMs <= now()) await documents.remove(kind, id);
    else if (body.status === 'current' && created_at + rotateEveryMs <= now()) {
      await documents.update<EncryptionKey>(kind, id, (key) => ({ ...key, status: 'previous' }));
    }
  }
  // Here too what another node left unfinished is made good.
  for (const type of new Set(keys.map(({ body }) => body.type))) {
    if (!(await documents.getByName(kind, type))) await makeKey(ctx, type);
  }
}
