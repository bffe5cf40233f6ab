// Owns /api/v2/device-credentials: what people's devices are known by.
import {
  addDeviceCredential,
  countDeviceKeys,
  type DeviceCredential,
  listDeviceKeys,
  listDeviceTokens,
  removeDeviceCredential,
} from '#domain/device-credentials';
import { ApiError } from '#protocol/api-error';
import { type Page, pageOf, storedPage, type Window } from '../paging.ts';
import { type Call, type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { object, oneOf, optional, text } from '../schema.ts';

const credential = object({
  device_name: text({ minLength: 1, maxLength: 255, description: 'What the person knows it by' }),
  type: oneOf(['public_key'], { description: 'What it is' }),
  value: text({ minLength: 1, maxLength: 10_000, description: 'The public key, base64' }),
  device_id: text({ minLength: 1, maxLength: 36, description: 'What the application knows it by' }),
  client_id: optional(text({ minLength: 1, maxLength: 64, description: 'The application, if not the one that asks' })),
});

interface Asked {
  readonly user_id?: string;
  readonly client_id?: string;
  readonly type?: DeviceCredential['type'];
}

/** Refresh tokens are told of when a person is named, as there may be one for every person. */
async function pageOfDevices({ ctx, query }: Call, window: Window): Promise<Page> {
  const { user_id, client_id, type = 'public_key' } = query as Asked;
  if (type !== 'public_key') {
    if (user_id === undefined) throw new ApiError(403, 'Must provide user_id parameter.');
    return pageOf(await listDeviceTokens(ctx, { user_id, client_id }, type), window, ({ id }) => id);
  }
  const filter = { user_id, client_id };
  const list = {
    rows: (rows: Parameters<typeof listDeviceKeys>[2]) => listDeviceKeys(ctx, filter, rows),
    count: () => countDeviceKeys(ctx, filter),
    markOf: ({ at, id }: { readonly at: number; readonly id: string }) => ({ at, id }),
  };
  const page = await storedPage(list, window);
  return { ...page, items: page.items.map(({ at, ...device }) => device) };
}

const endpoints: readonly Endpoint[] = [
  listing({
    path: '/device-credentials',
    summary: "List what people's devices are known by",
    scopes: ['read:device_credentials'],
    key: 'device_credentials',
    ways: 'offset',
    fields: true,
    query: {
      user_id: optional(text({ maxLength: 300, description: 'Only those of a person' })),
      client_id: optional(text({ maxLength: 200, description: 'Only those of an application' })),
      type: optional(oneOf(['public_key', 'refresh_token', 'rotating_refresh_token'])),
    },
    page: (call, window) => pageOfDevices(call as Call, window),
  }),
  endpoint({
    method: 'POST',
    path: '/device-credentials',
    summary: "Keep the public key of one's own device",
    scopes: ['create:current_user_device_credentials'],
    body: credential,
    run: async ({ ctx, caller, body }) => {
      const { type, client_id = caller.token.client_id, ...device } = body;
      return { id: await addDeviceCredential(ctx, { ...device, client_id, user_id: caller.token.sub }) };
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/device-credentials/{id}',
    summary: 'Forget a device, or end the refresh token that it holds',
    scopes: ['delete:device_credentials', 'delete:current_user_device_credentials'],
    run: ({ ctx, caller, params }) => {
      const owner = caller.may('delete:device_credentials') ? undefined : caller.token.sub;
      return removeDeviceCredential(ctx, params.id, owner);
    },
  }),
];

export const deviceCredentials: Resource = { name: 'device-credentials', endpoints };
