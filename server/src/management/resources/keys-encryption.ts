// Owns /api/v2/keys/encryption: the tenant's root and master keys.

import { wrappingAlgorithm } from '#crypto/key-wrapping';
import type { Document } from '#domain/records';
import {
  createRootKey,
  destroyRootKey,
  importRootKey,
  listRootKeys,
  type RootKey,
  rekey,
  rootKeys,
  wrappingKeyOf,
} from '#domain/root-keys';
import { ApiError, invalidBody } from '#protocol/api-error';
import { dated, findOne } from '../collection.ts';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { object, oneOf, text } from '../schema.ts';

const finder = {
  records: rootKeys,
  missing: () => new ApiError(404, 'The encryption key does not exist.', 'inexistent_key'),
};

function shown(document: Document<RootKey>): object {
  const { wrapping_key, material, ...key } = dated(document);
  return key;
}

const read = ['read:encryption_keys'];

export const keysEncryption: readonly Endpoint[] = [
  listing({
    path: '/keys/encryption',
    summary: 'List the root and master keys',
    scopes: read,
    key: 'keys',
    page: async ({ ctx }, window) => {
      const page = pageOf(await listRootKeys(ctx), window, ({ id }) => id);
      return { ...page, items: (page.items as Document<RootKey>[]).map(shown) };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/keys/encryption',
    summary: "Make the place for a root key of one's own",
    scopes: ['create:encryption_keys'],
    body: object({
      type: oneOf(['customer-provided-root-key', 'tenant-encryption-key'], { description: 'What it is' }),
    }),
    run: async ({ ctx }) => shown(await createRootKey(ctx, 'customer-provided-root-key')),
  }),
  endpoint({
    method: 'POST',
    path: '/keys/encryption/rekey',
    summary: 'Put another master key in the place of the one there is',
    scopes: ['create:encryption_keys', 'update:encryption_keys'],
    run: ({ ctx }) => rekey(ctx),
  }),
  endpoint({
    method: 'GET',
    path: '/keys/encryption/{kid}',
    summary: 'Read a root or master key',
    scopes: read,
    run: async ({ ctx, params }) => shown(await findOne(finder, ctx, params.kid)),
  }),
  endpoint({
    method: 'POST',
    path: '/keys/encryption/{kid}',
    summary: "Bring the material of a root key of one's own",
    scopes: ['update:encryption_keys'],
    body: object({ wrapped_key: text({ maxLength: 20_000, description: 'Base64, wrapped by the wrapping key' }) }),
    run: async ({ ctx, params, body }) => {
      const key = await findOne(finder, ctx, params.kid);
      if (!(await importRootKey(ctx, key, body.wrapped_key))) {
        throw invalidBody('Invalid input. Wrapped key material is invalid or unsupported key type.');
      }
      return shown(await findOne(finder, ctx, params.kid));
    },
  }),
  endpoint({
    method: 'POST',
    path: '/keys/encryption/{kid}/wrapping-key',
    summary: 'Make the key that material is wrapped by',
    scopes: ['create:encryption_keys'],
    run: async ({ ctx, params }) => {
      const { id } = await findOne(finder, ctx, params.kid);
      return { public_key: await wrappingKeyOf(ctx, id), algorithm: wrappingAlgorithm };
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/keys/encryption/{kid}',
    summary: 'Destroy a key',
    scopes: ['delete:encryption_keys'],
    run: async ({ ctx, params }) => {
      if (await rootKeys.find(ctx, params.kid)) await destroyRootKey(ctx, params.kid);
    },
  }),
];
