// Owns /api/v2/connection-profiles: what connections look like that customers of the tenant make.
import { type ConnectionProfile, connectionProfiles as profiles } from '#domain/connection-profiles';
import { ApiError } from '#protocol/api-error';
import { type Collection, collection } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { type Endpoint, endpoint, type Resource } from '../resource.ts';
import { integer, list, nullable, object, oneOf, optional, patchOf, text } from '../schema.ts';
import { byStrategy } from '../strategy-overrides.ts';

const id = prefixed('connection-profile-id', 'cop_', 22);

const need = (description: string) => optional(oneOf(['none', 'optional', 'required'], { description }));
const features = optional(list(oneOf(['scim', 'universal_logout']), { description: 'What connections can' }));
const config = optional(object({}, { description: 'Settings of connections' }));
const seconds = optional(nullable(integer({ minimum: 0, description: 'Seconds' })));
const scimScopes = ['get:users', 'post:users', 'patch:users', 'delete:users', 'put:users'] as const;
const provisioning = optional(
  object({
    scim: optional(
      object({
        tokens: object({ scopes: list(oneOf(scimScopes)), default_expiry: seconds, max_allowed_expiry: seconds }),
      }),
    ),
  }),
);
const status = oneOf(['enabled', 'disabled']);

const create = object({
  name: text({ minLength: 1, maxLength: 50, description: 'Name of the connection profile' }),
  organization: optional(
    object({
      show_as_button: need('Whether the organization shows a button'),
      assign_membership_on_login: need('Whether those who sign in become members'),
    }),
  ),
  connection_name_prefix_template: optional(
    text({
      maxLength: 15,
      pattern: '^(?!-)(?!.*--)(?:[a-zA-Z0-9-]|\\{org_id\\}|\\{org_name\\})*$',
      description: "What connections' names begin with",
    }),
  ),
  enabled_features: features,
  connection_config: config,
  strategy_overrides: optional(
    byStrategy(object({ enabled_features: features, connection_config: config, provisioning })),
  ),
  provisioning,
  cross_app_access_resource_app: optional(
    object({
      status: object({
        default_value: status,
        allowed_values: optional(list(status, { minItems: 2, uniqueItems: true })),
      }),
    }),
  ),
});

/** What is shown though nobody set it. */
const unset = {
  organization: null,
  connection_name_prefix_template: null,
  enabled_features: null,
  connection_config: null,
  strategy_overrides: null,
};

const declaration: Collection<ConnectionProfile> = {
  path: '/connection-profiles',
  noun: 'connection profile',
  scope: 'connection_profiles',
  records: profiles,
  create,
  update: patchOf(create),
  replaced: ['strategy_overrides', 'provisioning', 'cross_app_access_resource_app'],
  fresh: (_call, body) => ({ ...unset, id: id.make(), ...(body as { readonly name: string }) }),
  shown: ({ body: { id: profile, name, ...rest } }) => ({ id: profile, name, ...unset, ...rest }),
  missing: () => new ApiError(404, 'Connection profile not found.'),
  taken: ({ name }) => new ApiError(409, `A connection profile with the name "${name}" already exists.`),
  paging: { ways: 'checkpoint', perPage: 5, most: 10 },
};

const templates = [
  {
    id: 'generic',
    display_name: 'Generic Connection Profile Template',
    template: {
      name: 'Generic Connection Profile',
      organization: { show_as_button: 'optional', assign_membership_on_login: 'optional' },
      connection_name_prefix_template: 'con-{org_id}-',
      enabled_features: ['scim', 'universal_logout'],
      connection_config: {},
    },
  },
];

const scopes = ['read:connection_profiles'];

const templateEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/connection-profiles/templates',
    summary: 'List templates of connection profiles',
    scopes,
    run: () => ({ connection_profile_templates: templates }),
  }),
  endpoint({
    method: 'GET',
    path: '/connection-profiles/templates/{id}',
    summary: 'Read a template of connection profiles',
    scopes,
    run: ({ params }) => {
      const found = templates.find((template) => template.id === params.id);
      if (!found) throw new ApiError(404, 'Connection profile template not found.');
      return found;
    },
  }),
];

export const connectionProfiles: Resource = {
  name: 'connection-profiles',
  endpoints: [...templateEndpoints, ...collection(declaration)],
};
