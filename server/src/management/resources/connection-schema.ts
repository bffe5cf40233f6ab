// Owns what may be said of a connection: the members of all, and of the options those whose values have a form.
import { assertionAlgorithms } from '#crypto/assertion-key';
import { strategyNames } from '#domain/connection-options';
import { flag, integer, list, map, nullable, object, oneOf, optional, record, text } from '../schema.ts';

const open = { open: true };
const onOff = object({ enabled: optional(flag()) }, open);

const identifier = object(
  { active: optional(flag()), default_method: optional(oneOf(['password', 'email_otp', 'phone_otp'])) },
  open,
);
const signup = object(
  {
    status: optional(oneOf(['required', 'optional', 'inactive'])),
    verification: optional(object({ active: optional(flag()) }, open)),
  },
  open,
);
const attribute = {
  identifier: optional(identifier),
  profile_required: optional(flag()),
  signup: optional(signup),
};
const attributes = object(
  {
    email: optional(
      object(
        { ...attribute, unique: optional(flag()), verification_method: optional(oneOf(['link', 'otp', 'code'])) },
        open,
      ),
    ),
    phone_number: optional(object(attribute, open)),
    username: optional(object({ ...attribute, validation: optional(nullable(record())) }, open)),
  },
  { open: true, description: 'By which names people are known, and which of them are asked for' },
);

const usernameLength = object({
  min: integer({ minimum: 1 }),
  max: integer({ maximum: 128 }),
});

const authenticationMethods = object(
  {
    password: optional(
      object(
        {
          enabled: optional(flag()),
          api_behavior: optional(oneOf(['required', 'optional'])),
          signup_behavior: optional(oneOf(['allow', 'block'])),
        },
        open,
      ),
    ),
    passkey: optional(onOff),
    email_otp: optional(onOff),
    phone_otp: optional(onOff),
  },
  open,
);

const passkeyOptions = object(
  {
    challenge_ui: optional(oneOf(['both', 'autofill', 'button'])),
    progressive_enrollment_enabled: optional(flag()),
    local_enrollment_enabled: optional(flag()),
  },
  open,
);

const passwordComplexity = object(
  {
    min_length: optional(integer({ minimum: 1, maximum: 72 })),
    character_types: optional(list(oneOf(['uppercase', 'lowercase', 'number', 'special']))),
    character_type_rule: optional(oneOf(['all', 'three_of_four'])),
    identical_characters: optional(oneOf(['allow', 'block'])),
    sequential_characters: optional(oneOf(['allow', 'block'])),
    max_length_exceeded: optional(oneOf(['truncate', 'error'])),
  },
  open,
);
const passwordOptions = object(
  {
    complexity: optional(passwordComplexity),
    dictionary: optional(
      object(
        {
          active: optional(flag()),
          custom: optional(list(text({ maxLength: 50 }))),
          default: optional(oneOf(['en_10k', 'en_100k'])),
        },
        open,
      ),
    ),
    history: optional(object({ active: optional(flag()), size: optional(integer({ minimum: 1, maximum: 24 })) }, open)),
    profile_data: optional(
      object({ active: optional(flag()), blocked_fields: optional(list(text({ maxLength: 100 }))) }, open),
    ),
  },
  open,
);

/** Those of the older password rules. */
const passwordRules = {
  passwordPolicy: optional(
    nullable(oneOf(['none', 'low', 'fair', 'good', 'excellent'], { description: 'How strong passwords must be' })),
  ),
  password_complexity_options: optional(
    nullable(object({ min_length: optional(integer({ minimum: 1, maximum: 128 })) }, open)),
  ),
  password_history: optional(
    nullable(object({ enable: flag(), size: optional(integer({ minimum: 0, maximum: 24 })) }, open)),
  ),
  password_no_personal_info: optional(nullable(object({ enable: flag() }, open))),
  password_dictionary: optional(
    nullable(object({ enable: optional(flag()), dictionary: optional(list(text({ maxLength: 50 }))) }, open)),
  ),
};

const script = text({ minLength: 1, maxLength: 100_000 });
const scriptNames = [
  'login',
  'get_user',
  'delete',
  'change_password',
  'verify',
  'create',
  'change_username',
  'change_email',
  'change_phone_number',
];
const customScripts = object(Object.fromEntries(scriptNames.map((name) => [name, optional(script)])), open);

/** Every strategy has others besides, which are kept as they are. */
const options = object(
  {
    ...passwordRules,
    password_options: optional(nullable(passwordOptions)),
    validation: optional(nullable(object({ username: optional(nullable(usernameLength)) }, open))),
    non_persistent_attrs: optional(nullable(list(text({ maxLength: 300 }), { maxItems: 500 }))),
    precedence: optional(
      list(oneOf(['email', 'phone_number', 'username']), {
        minItems: 3,
        uniqueItems: true,
        description: 'Which name counts when one fits several people',
      }),
    ),
    attributes: optional(nullable(attributes)),
    authentication_methods: optional(nullable(authenticationMethods)),
    passkey_options: optional(nullable(passkeyOptions)),
    requires_username: optional(flag()),
    disable_signup: optional(flag()),
    brute_force_protection: optional(flag()),
    import_mode: optional(flag()),
    enabledDatabaseCustomization: optional(flag()),
    enable_script_context: optional(flag()),
    customScripts: optional(nullable(customScripts)),
    configuration: optional(nullable(record({ description: 'What scripts may read; it is sealed' }))),
    set_user_root_attributes: optional(
      oneOf(['on_each_login', 'on_first_login', 'never_on_login'], {
        description: "When a person's profile is taken from the source",
      }),
    ),
    token_endpoint_auth_method: optional(nullable(oneOf(['client_secret_post', 'private_key_jwt']))),
    token_endpoint_auth_signing_alg: optional(nullable(oneOf(assertionAlgorithms))),
    token_endpoint_jwtca_aud_format: optional(nullable(oneOf(['issuer', 'token_endpoint']))),
    id_token_signed_response_algs: optional(nullable(list(oneOf(assertionAlgorithms)))),
    upstream_params: optional(nullable(record())),
  },
  { open: true, description: "The strategy's options; a change replaces all of them" },
);

const active = object({ active: flag() }, open);

const changeable = {
  display_name: optional(nullable(text({ maxLength: 128, description: 'What people read' }))),
  options: optional(nullable(options)),
  enabled_clients: optional(
    nullable(list(text({ maxLength: 200 }), { maxItems: 10_000, description: 'Who may use it' })),
  ),
  is_domain_connection: optional(flag({ description: 'Whether every application may use it' })),
  show_as_button: optional(nullable(flag({ description: 'Whether people are shown a button for it' }))),
  realms: optional(list(text({ minLength: 1, maxLength: 128 }), { maxItems: 100, uniqueItems: true })),
  metadata: optional(
    nullable(
      map(nullable(text({ maxLength: 255 })), { maxProperties: 10, description: 'Texts of your own, by their names' }),
    ),
  ),
  authentication: optional(nullable(active)),
  connected_accounts: optional(nullable(active)),
  cross_app_access_requesting_app: optional(nullable(active)),
  cross_app_access_resource_app: optional(nullable(object({ status: oneOf(['disabled', 'enabled']) }, { open: true }))),
};

export const connectionStrategy = oneOf(strategyNames, { description: 'The kind of source' });

export const createConnectionBody = object({
  name: text({
    pattern: '^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$',
    maxLength: 128,
    description: 'Its name; it never changes',
  }),
  strategy: connectionStrategy,
  ...changeable,
});

export const changeConnectionBody = { ...object(changeable), minProperties: 1 };
