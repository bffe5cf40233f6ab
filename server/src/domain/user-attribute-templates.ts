// Owns the templates of user attribute profiles: what identity providers tell of people, and where it goes.
import { claimType, defaultUserId, type UserAttribute, type UserAttributeProfile } from './user-attribute-profiles.ts';

export interface UserAttributeTemplate {
  readonly id: string;
  readonly display_name: string;
  readonly template: Omit<UserAttributeProfile, 'id'>;
}

type Sources = Omit<UserAttribute, 'description' | 'label' | 'profile_required' | 'auth0_mapping'>;

/** A claim of the ID token. */
const claim = (name: string): Sources => ({
  oidc_mapping: { mapping: `\${context.tokenset.${name}}`, display_name: name },
});
/** Claim types of the assertion, the first of which is taken that is there. */
const assertion = (...names: readonly string[]): Sources => ({ saml_mapping: names.map(claimType) });
/** A path within the SCIM user (RFC 7643). */
const scim = (path: string): Sources => ({ scim_mapping: path });
const scimOf = (path: string, ...strategies: readonly string[]): Sources => ({
  strategy_overrides: Object.fromEntries(strategies.map((strategy) => [strategy, scim(path)])),
});
const address = (part: string) => scim(`addresses[type eq "work"].${part}`);
const phone = (type: string) => `phoneNumbers[type eq "${type}"].value`;
const enterprise = (name: string) => scim(`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User.${name}`);
const userinfo = (name: string, display_name?: string): Sources => ({
  strategy_overrides: {
    okta: { oidc_mapping: { mapping: `\${context.userinfo.${name}}`, ...(display_name && { display_name }) } },
  },
});

const app = (name: string) => `app_metadata.${name}`;

/** Name, label, description, the user's property, and where it comes from. */
const attributes: readonly (readonly [string, string, string, string, ...Sources[]])[] = [
  [
    'preferred_username',
    'Preferred username',
    'Preferred username',
    'preferred_username',
    claim('preferred_username'),
    scimOf('userName', 'oidc', 'okta'),
  ],
  ['username', 'Username', 'Username', 'username', claim('preferred_username'), scimOf('userName', 'samlp')],
  ['upn', 'UPN', 'User Principal Name', 'upn', assertion('upn'), scimOf('userName', 'waad')],
  [
    'email',
    'Email',
    'Email',
    'email',
    scim('emails[primary eq true].value'),
    claim('email'),
    assertion('emailaddress'),
    scimOf('emails[type eq "work"].value', 'waad'),
  ],
  ['email_verified', 'Email verified?', 'Is Email verified?', 'email_verified', claim('email_verified')],
  ['external_id', 'External ID', 'External identifier', app('external_id'), scim('externalId')],
  ['blocked', 'Blocked', 'User blocked status', 'blocked', scim('active')],
  ['name', 'Name', 'Full name', 'name', scim('displayName'), claim('name'), assertion('name')],
  [
    'given_name',
    'Given Name',
    'First name',
    'given_name',
    scim('name.givenName'),
    claim('given_name'),
    assertion('givenname', 'name'),
  ],
  [
    'family_name',
    'Family Name',
    'Last name',
    'family_name',
    scim('name.familyName'),
    claim('family_name'),
    assertion('surname'),
  ],
  ['middle_name_oidc', 'Middle Name', 'Middle name', 'middle_name', claim('middle_name')],
  ['middle_name_scim', 'Middle Name', 'Middle name', app('middle_name'), scimOf('name.middleName', 'okta')],
  [
    'honorific_prefix',
    'Honorific Prefix',
    'Honorific prefix',
    app('honorific_prefix'),
    scimOf('name.honorificPrefix', 'okta'),
  ],
  [
    'honorific_suffix',
    'Honorific Suffix',
    'Honorific suffix',
    app('honorific_suffix'),
    scimOf('name.honorificSuffix', 'okta'),
  ],
  ['nickname', 'Nickname', 'User nickname', 'nickname', scim('nickName'), claim('nickname')],
  ['picture', 'Picture', 'Profile picture URL', 'picture', scim('photos[type eq "photo"].value'), claim('picture')],
  [
    'primary_phone_number',
    'Primary Phone Number',
    'Primary phone number',
    app('primary_phone_number'),
    scimOf('phoneNumbers[primary eq true].value', 'okta'),
  ],
  [
    'work_phone_number',
    'Work Phone Number',
    'Work phone number',
    app('work_phone_number'),
    scimOf(phone('work'), 'oidc', 'samlp', 'waad'),
  ],
  [
    'home_phone_number',
    'Home Phone Number',
    'Home phone number',
    app('home_phone_number'),
    scimOf(phone('home'), 'oidc', 'samlp'),
  ],
  [
    'phone_number',
    'Mobile Phone Number',
    'Mobile phone number',
    'phone_number',
    claim('phone_number'),
    assertion('mobilephone', 'homephone', 'otherphone'),
  ],
  [
    'mobile_phone_number_scim',
    'Mobile Phone Number',
    'Mobile phone number',
    app('mobile_phone_number'),
    scim(phone('mobile')),
  ],
  ['fax_number', 'Fax Number', 'Fax number', app('fax_number'), scimOf(phone('fax'), 'waad')],
  ['street_address', 'Street Address', 'Street address', app('street_address'), address('streetAddress')],
  ['city', 'City', 'City', app('city'), address('locality')],
  ['state', 'State', 'State or province', app('state'), address('region')],
  ['postal_code', 'Postal Code', 'Postal code', app('postal_code'), address('postalCode')],
  ['postal_address', 'Postal Address', 'Postal address', app('postal_address'), address('formatted')],
  ['country', 'Country', 'Country', app('country'), address('country')],
  ['profile_url', 'Profile URL', 'Profile URL', app('profile_url'), scim('profileUrl')],
  ['user_type', 'User Type', 'User type', app('user_type'), scim('userType')],
  ['title', 'Title', 'Title', app('title'), scim('title')],
  ['language', 'Language', 'Preferred language', app('language'), scim('preferredLanguage')],
  ['locale', 'Locale', 'User locale', app('locale'), scim('locale')],
  ['timezone_oidc', 'Timezone', 'User timezone', 'timezone', claim('zoneinfo')],
  ['timezone_scim', 'Timezone', 'User timezone', app('timezone'), scim('timezone')],
  ['entitlements', 'Entitlements', 'User entitlements', app('entitlements'), scimOf('entitlements', 'oidc', 'samlp')],
  [
    'role_saml',
    'Role',
    'User role',
    'role',
    { saml_mapping: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role'] },
  ],
  ['roles_scim', 'Roles', 'User roles', app('roles'), scimOf('roles', 'oidc', 'samlp')],
  ['employee_id', 'Employee ID', 'Employee identifier', app('employee_id'), enterprise('employeeNumber')],
  ['cost_center', 'Cost Center', 'Cost center', app('cost_center'), enterprise('costCenter')],
  ['organization', 'Organization', 'Organization', app('organization'), enterprise('organization')],
  ['division', 'Division', 'Division', app('division'), enterprise('division')],
  ['department', 'Department', 'Department', app('department'), enterprise('department')],
  ['manager', 'Manager', 'Manager', app('manager'), enterprise('manager')],
  [
    'groups_saml',
    "User's groups",
    "User's groups",
    'groups_saml',
    { saml_mapping: ['http://schemas.xmlsoap.org/claims/Group'] },
  ],
  ['federated_groups', 'Federated groups', 'Federated groups', 'federated_groups', userinfo('groups', 'groups')],
  ['federated_locale', 'Federated locale', 'Federated locale', 'federated_locale', userinfo('locale', 'locale')],
  ['federated_zoneinfo', 'Federated zone info', 'Federated zone info', 'federated_zoneinfo', userinfo('zoneinfo')],
];

const required = ['email'];

export const userAttributeTemplates: readonly UserAttributeTemplate[] = [
  {
    id: 'auth0-generic',
    display_name: 'Auth0 Generic User Attribute Profile Template',
    template: {
      name: 'Auth0 Generic User Attribute Profile',
      user_id: {
        ...defaultUserId,
        strategy_overrides: {
          samlp: { scim_mapping: 'userName' },
          waad: { oidc_mapping: 'oid' },
          'google-apps': { oidc_mapping: 'email' },
        },
      },
      user_attributes: Object.fromEntries(
        attributes.map(([name, label, description, auth0_mapping, ...sources]): [string, UserAttribute] => [
          name,
          Object.assign({ description, label, profile_required: required.includes(name), auth0_mapping }, ...sources),
        ]),
      ),
    },
  },
];
