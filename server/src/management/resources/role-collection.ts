// Owns roles as a collection: what one is made of, what is shown of it, and who may have it.
import type { Context } from '#domain/context';
import { findOrganization } from '#domain/organizations';
import { forgetRole, type Role, roleRecords } from '#domain/roles';
import { ApiError, invalidBody, invalidQuery } from '#protocol/api-error';
import { type Collection, findOne } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { Answer, type Call } from '../resource.ts';
import { object, oneOf, optional, patchOf, text } from '../schema.ts';

const id = prefixed('role-id', 'rol_', 16);

const settings = {
  name: text({ minLength: 1, maxLength: 255, description: 'Name of the role' }),
  description: optional(text({ maxLength: 255, description: 'Description of the role' })),
};

const roleType = () => optional(oneOf(['tenant', 'organization'], { description: 'Whose role it is' }));
const owner = (description: string) => optional(text({ maxLength: 64, description }));

const create = object({ ...settings, type: roleType(), owner_id: owner('The organization whose role it is') });

interface Sent {
  readonly name: string;
  readonly description?: string;
  readonly type?: 'tenant' | 'organization';
  readonly owner_id?: string;
}

async function checkOwner(ctx: Context, { type = 'tenant', owner_id }: Sent): Promise<void> {
  if ((type === 'organization') !== (owner_id !== undefined)) {
    throw invalidBody('A role of the type organization, and no other, has an owner_id.');
  }
  if (owner_id !== undefined && !(await findOrganization(ctx, owner_id))) {
    throw new ApiError(404, 'No organization found by that id or name');
  }
}

/** What everybody sees of a role: not what it allows, which is a list of its own. */
export function shownRole({ permissions, owner_id, ...role }: Role) {
  const level = owner_id === undefined ? { type: 'tenant' } : { type: 'organization', owner_id };
  return { description: '', ...role, ...level };
}

function isListed({ name, owner_id }: Role, { query }: Call): boolean {
  const { type = 'tenant', owner_id: asked, name_filter = '' } = query;
  if (type === 'organization' && asked === undefined) {
    throw invalidQuery("Query validation error: 'Missing required property: owner_id'.");
  }
  return owner_id === asked && name.toLowerCase().includes(name_filter.toLowerCase());
}

export const roleCollection: Collection<Role> = {
  path: '/roles',
  noun: 'role',
  scope: 'roles',
  records: roleRecords,
  create,
  update: patchOf(object(settings)),
  fresh: async ({ ctx }, body) => {
    const { type, ...sent } = body as unknown as Sent;
    await checkOwner(ctx, body as unknown as Sent);
    return { id: id.make(), ...sent };
  },
  shown: ({ body }) => shownRole(body),
  missing: () => new ApiError(404, 'The role does not exist.'),
  taken: ({ name }) => new ApiError(409, `A role with the name "${name}" already exists.`),
  query: {
    name_filter: optional(text({ maxLength: 255, description: 'Part of the names, in any case' })),
    type: roleType(),
    owner_id: owner('The organization whose roles are listed'),
  },
  listed: ({ body }, call) => isListed(body, call),
  strictDelete: true,
  removed: (role, { ctx }) => forgetRole(ctx, role.id),
  statuses: { create: 200 },
  deleted: () => new Answer(200, {}),
};

/** The role of a path, or its refusal. */
export async function roleOf({ ctx, params }: Call<{ readonly id: string }>): Promise<Role> {
  return roleNamed(ctx, params.id);
}

/** The role of an id, or its refusal. */
export async function roleNamed(ctx: Context, roleId: string): Promise<Role> {
  return (await findOne(roleCollection, ctx, roleId)).body;
}
