// Owns /api/v2/user-blocks: people who are blocked for too many wrong passwords.
import { findUser } from '#domain/users';
import { ApiError } from '#protocol/api-error';
import { type Call, type Endpoint, endpoint, type Resource } from '../resource.ts';
import { flag, optional, text } from '../schema.ts';

const identifier = text({ minLength: 1, maxLength: 320, description: 'E-mail address, username or phone number' });
const consider_brute_force_enablement = optional(flag({ description: 'Whether nobody is blocked where that is off' }));

async function checkUser({ ctx, params }: Call<{ readonly id: string }>): Promise<void> {
  if (!(await findUser(ctx, params.id))) throw new ApiError(404, 'The user does not exist.', 'inexistent_user');
}

/** No guard blocks people for what they typed yet, so nobody is blocked. */
const nobody = { blocked_for: [] };

const endpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/user-blocks',
    summary: 'List the blocks of an identifier',
    scopes: ['read:users'],
    query: { identifier, consider_brute_force_enablement },
    run: () => nobody,
  }),
  endpoint({
    method: 'DELETE',
    path: '/user-blocks',
    summary: 'Unblock an identifier',
    scopes: ['update:users'],
    query: { identifier },
    run: () => undefined,
  }),
  endpoint({
    method: 'GET',
    path: '/user-blocks/{id}',
    summary: "List a person's blocks",
    scopes: ['read:users'],
    query: { consider_brute_force_enablement },
    run: async (call) => {
      await checkUser(call);
      return nobody;
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/user-blocks/{id}',
    summary: 'Unblock a person',
    scopes: ['update:users'],
    run: checkUser,
  }),
];

export const userBlocks: Resource = { name: 'user-blocks', endpoints };
