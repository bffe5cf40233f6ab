// Owns /api/v2/user-attribute-profiles: how what identity providers tell of people maps to users.
import {
  defaultUserId,
  forgetUserAttributeProfile,
  userAttributeProfiles as profiles,
  type UserAttributeProfile,
} from '#domain/user-attribute-profiles';
import { userAttributeTemplates } from '#domain/user-attribute-templates';
import { ApiError } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { type Endpoint, endpoint, type Resource } from '../resource.ts';
import { flag, list, map, object, oneOf, optional, patchOf, text } from '../schema.ts';
import { byStrategy } from '../strategy-overrides.ts';

const id = prefixed('user-attribute-profile-id', 'uap_', 22);

const short = (description: string) => text({ minLength: 1, maxLength: 50, description });
const long = (description: string) => text({ minLength: 1, maxLength: 128, description });
const fromAssertion = optional(list(long('A claim type of the assertion'), { minItems: 1 }));
const fromScim = optional(long('A path within the SCIM user'));
const fromIdToken = optional(object({ mapping: short('A claim'), display_name: optional(short('What it is called')) }));
const idOf = <const C extends string>(claims: readonly C[]) => optional(oneOf(claims, { description: 'A claim' }));

const mappings = { oidc_mapping: fromIdToken, saml_mapping: fromAssertion, scim_mapping: fromScim };
const idMappings = { saml_mapping: fromAssertion, scim_mapping: fromScim };

const attribute = object({
  description: long('What it is'),
  label: long('What it is called'),
  profile_required: flag({ description: 'Whether every user has it' }),
  auth0_mapping: short("The user's property"),
  ...mappings,
  strategy_overrides: optional(byStrategy(object(mappings))),
});

const create = object({
  name: long('Name of the user attribute profile'),
  user_id: optional(
    object({
      oidc_mapping: idOf(['sub']),
      ...idMappings,
      strategy_overrides: optional(byStrategy(object({ oidc_mapping: idOf(['sub', 'oid', 'email']), ...idMappings }))),
    }),
  ),
  user_attributes: { ...map(attribute, { maxProperties: 64, description: 'By name' }), minProperties: 1 },
});

type Sent = Partial<Omit<UserAttributeProfile, 'id'>>;

/** A person is always identified by something: null goes back to how that is by default. */
function patched(before: UserAttributeProfile, { user_id, ...patch }: JsonObject): UserAttributeProfile {
  const changed = { ...before, ...(patch as Sent) };
  if (user_id === undefined) return changed;
  if (user_id === null) return { ...changed, user_id: defaultUserId };
  return { ...changed, user_id: mergePatch(before.user_id as JsonObject, user_id as JsonObject) };
}

const declaration: Collection<UserAttributeProfile> = {
  path: '/user-attribute-profiles',
  noun: 'user attribute profile',
  scope: 'user_attribute_profiles',
  records: profiles,
  create,
  update: patchOf(create),
  patched,
  fresh: (_call, body) => {
    const { name, user_id, user_attributes } = body as unknown as Required<Sent>;
    return { id: id.make(), name, user_id: { ...defaultUserId, ...user_id }, user_attributes };
  },
  missing: () => new ApiError(404, 'User attribute profile not found.'),
  taken: ({ name }) => new ApiError(409, `A user attribute profile with the name "${name}" already exists.`),
  removed: (document, { ctx }) => forgetUserAttributeProfile(ctx, document.id),
  paging: { ways: 'checkpoint', perPage: 5 },
};

const scopes = ['read:user_attribute_profiles'];

const templates: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/user-attribute-profiles/templates',
    summary: 'List templates of user attribute profiles',
    scopes,
    run: () => ({ user_attribute_profile_templates: userAttributeTemplates }),
  }),
  endpoint({
    method: 'GET',
    path: '/user-attribute-profiles/templates/{id}',
    summary: 'Read a template of user attribute profiles',
    scopes,
    run: ({ params }) => {
      const found = userAttributeTemplates.find((template) => template.id === params.id);
      if (!found) throw new ApiError(404, 'User attribute profile template not found.');
      return found;
    },
  }),
];

export const userAttributeProfiles: Resource = {
  name: 'user-attribute-profiles',
  endpoints: [...templates, ...collection(declaration)],
};
