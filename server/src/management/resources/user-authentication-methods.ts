// Owns what a person proves themselves by beside their password, as administrators see and change it.
import {
  type AuthenticationMethod,
  addMethod,
  changeMethod,
  findMethod,
  listMethods,
  type MethodSettings,
  regenerateRecoveryCode,
  removeMethod,
  removeMethods,
  replaceMethods,
} from '#domain/authentication-methods';
import type { Context } from '#domain/context';
import { findUser } from '#domain/users';
import { ApiError } from '#protocol/api-error';
import { pageOf } from '../paging.ts';
import { type Endpoint, endpoint, listing } from '../resource.ts';
import { list, object, oneOf, optional, text } from '../schema.ts';

const path = '/users/{id}/authentication-methods';
const onePath = '/users/{id}/authentication-methods/{authentication_method_id}';
const read = ['read:authentication_methods'];

const members = {
  name: optional(text({ maxLength: 255, description: 'What the person calls it' })),
  email: optional(text({ maxLength: 320 })),
  phone_number: optional(text({ pattern: '^\\+[0-9]{1,15}$' })),
  preferred_authentication_method: optional(oneOf(['sms', 'voice'])),
  totp_secret: optional(text({ maxLength: 500 })),
  key_id: optional(text({ maxLength: 1000 })),
  public_key: optional(text({ maxLength: 5000 })),
  relying_party_identifier: optional(text({ maxLength: 253 })),
};

const types = ['email', 'phone', 'totp', 'webauthn-roaming', 'passkey'] as const;
const create = object({ type: oneOf(types, { description: 'What it is' }), ...members });

/** Enough to recognise one's own, and no more: `chuc****@exam*******`, `XXXXXXXXXXX5044`. */
function masked({ email, phone_number, ...method }: AuthenticationMethod): Omit<AuthenticationMethod, 'user_id'> {
  const { user_id, ...shown } = method;
  const [local = '', domain = ''] = (email ?? '').split('@');
  const keep = local.length > 4 ? local.slice(0, 4) : '';
  return {
    ...shown,
    ...(email === undefined
      ? {}
      : { email: `${keep}****@${domain.slice(0, 4)}${'*'.repeat(Math.max(0, domain.length - 4))}` }),
    ...(phone_number === undefined
      ? {}
      : { phone_number: `${'X'.repeat(Math.max(0, phone_number.length - 4))}${phone_number.slice(-4)}` }),
  };
}

/** Those of phones tell by which ways the phone is reached. */
function withWays<
  M extends { readonly type: string; readonly id: string; readonly preferred_authentication_method?: string },
>(method: M) {
  if (method.type !== 'phone') return method;
  const way = method.preferred_authentication_method ?? 'sms';
  return { ...method, authentication_methods: [{ id: method.id.replace(/^phone/, way), type: way }] };
}

/** What is told to who has just made or changed one. */
function told({ confirmed, ...method }: Omit<AuthenticationMethod, 'user_id'>): object {
  return withWays(method);
}

async function checkUser(ctx: Context, id: string): Promise<void> {
  if (!(await findUser(ctx, id))) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
}

const missing = () =>
  new ApiError(404, 'The authentication method does not exist.', 'inexistent_authentication_method');

const methods: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List what a person proves themselves by',
    scopes: read,
    selfScopes: ['read:current_user'],
    key: 'authenticators',
    ways: 'offset',
    envelope: ({ items, total = 0 }, { start, limit }) => ({
      authenticators: items,
      ...(total === 0 ? {} : { total }),
      start,
      limit,
    }),
    page: async ({ ctx, params }, window) => {
      await checkUser(ctx, params.id);
      const page = pageOf(await listMethods(ctx, params.id), window, ({ id }) => id);
      return { ...page, items: (page.items as AuthenticationMethod[]).map((method) => withWays(masked(method))) };
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a person something to prove themselves by',
    scopes: ['create:authentication_methods'],
    body: create,
    run: async ({ ctx, params, body }) => {
      await checkUser(ctx, params.id);
      return told(masked(await addMethod(ctx, params.id, body as MethodSettings)));
    },
  }),
  endpoint({
    method: 'PUT',
    path,
    summary: 'Say all that a person proves themselves by',
    scopes: ['update:authentication_methods'],
    body: list(create, { maxItems: 20 }),
    run: async ({ ctx, params, body }) => {
      await checkUser(ctx, params.id);
      const all = await replaceMethods(ctx, params.id, body as MethodSettings[]);
      return all.map(({ user_id, ...method }) => told(method));
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take all that a person proves themselves by',
    scopes: ['delete:authentication_methods'],
    run: ({ ctx, params }) => removeMethods(ctx, params.id),
  }),
  endpoint({
    method: 'GET',
    path: onePath,
    summary: 'Read one thing that a person proves themselves by',
    scopes: read,
    run: async ({ ctx, params }) => {
      const method = await findMethod(ctx, params.id, params.authentication_method_id);
      if (!method) throw missing();
      return withWays(masked(method));
    },
  }),
  endpoint({
    method: 'PATCH',
    path: onePath,
    summary: 'Change one thing that a person proves themselves by',
    scopes: ['update:authentication_methods'],
    body: object({ name: members.name, preferred_authentication_method: members.preferred_authentication_method }),
    run: async ({ ctx, params, body }) => {
      const method = await changeMethod(ctx, params.id, params.authentication_method_id, body);
      if (!method) throw missing();
      return told(masked(method));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: onePath,
    summary: 'Take one thing that a person proves themselves by',
    scopes: ['delete:authentication_methods'],
    run: ({ ctx, params }) => removeMethod(ctx, params.id, params.authentication_method_id),
  }),
];

const providers: Readonly<Record<string, readonly string[]>> = {
  duo: ['duo'],
  'google-authenticator': ['totp'],
  guardian: ['push', 'phone', 'totp', 'email'],
};

/** A device as it was enrolled. */
export function shownEnrollment({ id, name, phone_number, created_at }: AuthenticationMethod): object {
  return {
    id,
    status: 'confirmed',
    name,
    phone_number: phone_number && masked({ phone_number } as AuthenticationMethod).phone_number,
    enrolled_at: created_at,
  };
}

const factors: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/users/{id}/enrollments',
    summary: "List a person's confirmed devices",
    scopes: ['read:users'],
    run: async ({ ctx, params }) => {
      await checkUser(ctx, params.id);
      const all = (await listMethods(ctx, params.id)).filter(({ type }) => type !== 'recovery-code');
      return all.map(({ id, type, ...method }) => ({
        ...shownEnrollment({ id: id.slice(id.indexOf('|') + 1), type, ...method }),
        type: type === 'totp' ? 'authenticator' : type,
        auth_method: type,
      }));
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/authenticators',
    summary: 'Take all second factors from a person',
    scopes: ['delete:guardian_enrollments'],
    run: ({ ctx, params }) => removeMethods(ctx, params.id),
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{id}/multifactor/{provider}',
    summary: "Take a provider's second factors from a person",
    scopes: ['update:users'],
    params: { provider: oneOf(Object.keys(providers), { description: 'Name of the provider' }) },
    run: async ({ ctx, params }) => {
      const types = providers[params.provider] ?? [];
      for (const { id, type } of await listMethods(ctx, params.id)) {
        if (types.includes(type)) await removeMethod(ctx, params.id, id);
      }
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{id}/multifactor/actions/invalidate-remember-browser',
    summary: 'Ask a person for a second factor in every browser again',
    scopes: ['update:users'],
    run: ({ ctx, params }) => checkUser(ctx, params.id),
  }),
  endpoint({
    method: 'POST',
    path: '/users/{id}/risk-assessments/clear',
    summary: 'Forget what is known of the devices of a person',
    scopes: ['update:users'],
    body: object({ connection: optional(text()), assessors: optional(list(text())) }),
    run: ({ ctx, params }) => checkUser(ctx, params.id),
  }),
  endpoint({
    method: 'POST',
    path: '/users/{id}/recovery-code-regeneration',
    summary: 'Give a person a new recovery code',
    scopes: ['update:users'],
    status: 200,
    run: async ({ ctx, params }) => {
      await checkUser(ctx, params.id);
      return { recovery_code: await regenerateRecoveryCode(ctx, params.id) };
    },
  }),
];

export const userAuthenticationMethods: readonly Endpoint[] = [...methods, ...factors];
