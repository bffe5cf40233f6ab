// Owns /api/v2/hooks: Auth0's extension points before actions, kept for those who move from it.
import { randomLetters } from '#crypto/random';
import { type Document, records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import type { JsonObject } from '#protocol/merge-patch';
import { type Collection, changeOne, collection, findOne } from '../collection.ts';
import { Answer, type Call, type Endpoint, endpoint, type Resource } from '../resource.ts';
import { flag, list, map, object, oneOf, optional, patchOf, text } from '../schema.ts';
import { sealMembers } from '../secret-members.ts';

interface Hook {
  readonly id: string;
  readonly name: string;
  readonly script: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly triggerId: string;
  /** Sealed. */
  readonly secrets?: Readonly<Record<string, string>>;
}

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: ten digits of time, sixteen of chance. */
function makeId(now: number): string {
  const time = Array.from({ length: 10 }, (_, index) => crockford[Math.floor(now / 32 ** (9 - index)) % 32]);
  return time.join('') + randomLetters(crockford, 16);
}

/** Auth0 keeps names in kebab case: `my hook2` is `my-hook-2`. */
function kebab(name: string): string {
  const words = name.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll(/([A-Za-z])(\d)|(\d)([A-Za-z])/g, '$1$3 $2$4');
  return words
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join('-');
}

const create = object({
  name: text({ minLength: 1, maxLength: 255, description: 'Name of the hook' }),
  script: text({ minLength: 1, maxLength: 100_000, description: 'JavaScript' }),
  enabled: optional(flag({ description: 'Whether it runs' })),
  dependencies: optional(map(text(), { description: 'npm packages and their versions' })),
  triggerId: oneOf(
    [
      'credentials-exchange',
      'pre-user-registration',
      'post-user-registration',
      'post-change-password',
      'send-phone-message',
    ],
    { description: 'When it runs' },
  ),
});

const declaration: Collection<Hook> = {
  path: '/hooks',
  noun: 'hook',
  scope: 'hooks',
  records: records('hooks'),
  create,
  update: patchOf(create, { without: ['triggerId'] }),
  replaced: ['dependencies'],
  fresh: ({ ctx }, body) => {
    const sent = body as Pick<Hook, 'name' | 'script' | 'triggerId'>;
    return { id: makeId(ctx.now()), dependencies: {}, enabled: false, ...sent, name: kebab(sent.name) };
  },
  shown: ({ body: { secrets, ...hook } }: Document<Hook>) => hook,
  missing: () => new ApiError(404, 'Error: Hook does not exist', 'HookDoesNotExist'),
  strictDelete: true,
  query: {
    enabled: optional(flag({ description: 'Only those that run, or that do not' })),
    triggerId: optional(text({ description: 'Only those of a trigger' })),
  },
  listed: ({ body }, { query }) =>
    (query.enabled ?? body.enabled) === body.enabled && (query.triggerId ?? body.triggerId) === body.triggerId,
  fields: true,
};

const path = '/hooks/{id}/secrets';
const secretsBody = map(text({ maxLength: 5000 }), { description: 'Secrets by their names', maxProperties: 100 });
const noValue = '_VALUE_NOT_SHOWN_';

async function setSecrets(call: Call<{ readonly id: string }>): Promise<object> {
  const sealed = sealMembers(call.ctx, call.body as JsonObject, ['*']) as Record<string, string>;
  await changeOne(declaration, call, call.params.id, (hook) => ({ ...hook, secrets: { ...hook.secrets, ...sealed } }));
  return {};
}

const secretEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: "List the names of a hook's secrets",
    scopes: ['read:hooks'],
    run: async ({ ctx, params }) => {
      const { secrets = {} } = (await findOne(declaration, ctx, params.id)).body;
      return Object.fromEntries(Object.keys(secrets).map((name) => [name, noValue]));
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Give a hook secrets',
    scopes: ['update:hooks'],
    body: secretsBody,
    run: setSecrets,
  }),
  endpoint({
    method: 'PATCH',
    path,
    summary: "Change a hook's secrets",
    scopes: ['update:hooks'],
    body: secretsBody,
    run: async (call) => new Answer(201, await setSecrets(call)),
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Take secrets from a hook',
    scopes: ['delete:hooks'],
    body: list(text(), { description: 'Names of the secrets' }),
    run: async (call) => {
      await changeOne(declaration, call, call.params.id, ({ secrets = {}, ...hook }) => ({
        ...hook,
        secrets: Object.fromEntries(Object.entries(secrets).filter(([name]) => !call.body.includes(name))),
      }));
    },
  }),
];

export const hooks: Resource = { name: 'hooks', endpoints: [...collection(declaration), ...secretEndpoints] };
