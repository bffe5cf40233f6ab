// Owns /api/v2/self-service-profiles: what customers of the tenant may set up by themselves.
import {
  forgetSelfServiceProfile,
  selfServiceProfiles as profiles,
  type SelfServiceProfile,
} from '#domain/self-service-profiles';
import { userAttributeProfiles } from '#domain/user-attribute-profiles';
import { ApiError, invalidBody } from '#protocol/api-error';
import { type Collection, collection, dated } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Resource } from '../resource.ts';
import { flag, list, object, oneOf, optional, patchOf, text } from '../schema.ts';
import { selfServiceTexts } from './self-service-texts.ts';
import { selfServiceTickets } from './self-service-tickets.ts';

const id = prefixed('self-service-profile-id', 'ssp_', 22);

const strategies = [
  'oidc',
  'samlp',
  'waad',
  'google-apps',
  'adfs',
  'okta',
  'auth0-samlp',
  'okta-samlp',
  'keycloak-samlp',
  'pingfederate',
] as const;

const create = object({
  name: text({ minLength: 1, maxLength: 100, description: 'Name of the profile' }),
  description: optional(text({ minLength: 1, maxLength: 140, description: 'What it is for' })),
  branding: optional(
    object(
      {
        logo_url: optional(text({ maxLength: 1024, format: 'uri', pattern: '^https://', description: 'The logo' })),
        colors: optional(
          object(
            { primary: text({ pattern: '^#([\\dA-Fa-f]{6}|[\\dA-Fa-f]{3})$', description: '#rrggbb' }) },
            { open: true },
          ),
        ),
      },
      { open: true },
    ),
  ),
  allowed_strategies: optional(list(oneOf(strategies), { minItems: 1, description: 'What may be connected' })),
  user_attributes: optional(
    list(object({ name: text({ maxLength: 250 }), description: text(), is_optional: flag() }), {
      description: 'What identity providers must tell of people',
    }),
  ),
  user_attribute_profile_id: optional(text({ maxLength: 100, description: 'The user attribute profile' })),
});

const missing = (profile: string) => new ApiError(404, `Profile with ID: ${profile} not found`);

const declaration: Collection<SelfServiceProfile> = {
  path: '/self-service-profiles',
  noun: 'self-service profile',
  scope: 'self_service_profiles',
  records: profiles,
  create,
  update: patchOf(create),
  acceptable: async ({ ctx }, { user_attribute_profile_id: named }) => {
    if (typeof named !== 'string' || (await userAttributeProfiles.find(ctx, named))) return;
    throw invalidBody(`User attribute profile with ID: ${named} not found`);
  },
  fresh: (_call, body) => ({ id: id.make(), ...(body as unknown as Omit<SelfServiceProfile, 'id'>) }),
  shown: (document) => {
    const { id: profile, name, description, ...rest } = dated(document);
    const told = description === undefined ? {} : { description };
    return { id: profile, name, ...told, user_attributes: [], allowed_strategies: strategies, ...rest };
  },
  missing,
  removed: ({ id: profile }, { ctx }) => forgetSelfServiceProfile(ctx, profile),
  paging: { ways: 'offset' },
};

export const selfServiceProfiles: Resource = {
  name: 'self-service-profiles',
  endpoints: [
    ...collection(declaration),
    ...selfServiceTexts({ records: profiles, missing }),
    ...selfServiceTickets({ records: profiles, missing }),
  ],
};
