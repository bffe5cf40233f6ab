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

/** Name, label, the user's property, and where it comes from. */
const attributes: readonly (readonly [string, string, string, ...Sources[]])[] = [
  [
    'preferred_username',
    'Preferred username',
    'preferred_username',
    claim('preferred_username'),
    scimOf('userName', 'oidc', 'okta'),
  ],
  ['username', 'Username', 'username', claim('preferred_username'), scimOf('userName', 'samlp')],
  ['upn', 'User principal name', 'upn', assertion('upn'), scimOf('userName', 'waad')],
  [
    'email',
    'Email',
    'email',
    scim('emails[primary eq true].value'),
    claim('email'),
    assertion('emailaddress'),
    scimOf('emails[type eq "work"].value', 'waad'),
  ],
  ['email_verified', 'Email verified', 'email_verified', claim('email_verified')],
  ['external_id', 'External ID', app('external_id'), scim('externalId')],
  ['blocked', 'Blocked', 'blocked', scim('active')],
  ['name', 'Name', 'name', scim('displayName'), claim('name'), assertion('name')],
  [
    'given_name',
    'Given name',
    'given_name',
    scim('name.givenName'),
    claim('given_name'),
    assertion('givenname', 'name'),
  ],
  ['family_name', 'Family name', 'family_name', scim('name.familyName'), claim('family_name'), assertion('surname')],
  ['middle_name_oidc', 'Middle name', 'middle_name', claim('middle_name')],
  ['middle_name_scim', 'Middle name', app('middle_name'), scimOf('name.middleName', 'okta')],
  ['honorific_prefix', 'Honorific prefix', app('honorific_prefix'), scimOf('name.honorificPrefix', 'okta')],
  ['honorific_suffix', 'Honorific suffix', app('honorific_suffix'), scimOf('name.honorificSuffix', 'okta')],
  ['nickname', 'Nickname', 'nickname', scim('nickName'), claim('nickname')],
  ['picture', 'Picture', 'picture', scim('photos[type eq "photo"].value'), claim('picture')],
  [
    'primary_phone_number',
    'Primary phone number',
    app('primary_phone_number'),
    scimOf('phoneNumbers[primary eq true].value', 'okta'),
  ],
  ['work_phone_number', 'Work phone number', app('work_phone_number'), scimOf(phone('work'), 'oidc', 'samlp', 'waad')],
  ['home_phone_number', 'Home phone number', app('home_phone_number'), scimOf(phone('home'), 'oidc', 'samlp')],
  [
    'phone_number',
    'Mobile phone number',
    'phone_number',
    claim('phone_number'),
    assertion('mobilephone', 'homephone', 'otherphone'),
  ],
  ['mobile_phone_number_scim', 'Mobile phone number', app('mobile_phone_number'), scim(phone('mobile'))],
  ['fax_number', 'Fax number', app('fax_number'), scimOf(phone('fax'), 'waad')],
  ['street_address', 'Street address', app('street_address'), address('streetAddress')],
  ['city', 'City', app('city'), address('locality')],
  ['state', 'State or province', app('state'), address('region')],
  ['postal_code', 'Postal code', app('postal_code'), address('postalCode')],
  ['postal_address', 'Postal address', app('postal_address'), address('formatted')],
  ['country', 'Country', app('country'), address('country')],
  ['profile_url', 'Profile URL', app('profile_url'), scim('profileUrl')],
  ['user_type', 'User type', app('user_type'), scim('userType')],
  ['title', 'Title', app('title'), scim('title')],
  ['language', 'Language', app('language'), scim('preferredLanguage')],
  ['locale', 'Locale', app('locale'), scim('locale')],
  ['timezone_oidc', 'Time zone', 'timezone', claim('zoneinfo')],
  ['timezone_scim', 'Time zone', app('timezone'), scim('timezone')],
  ['entitlements', 'Entitlements', app('entitlements'), scimOf('entitlements', 'oidc', 'samlp')],
  ['role_saml', 'Role', 'role', { saml_mapping: ['http://schemas.microsoft.com/ws/2008/06/identity/claims/role'] }],
  ['roles_scim', 'Roles', app('roles'), scimOf('roles', 'oidc', 'samlp')],
  ['employee_id', 'Employee ID', app('employee_id'), enterprise('employeeNumber')],
  ['cost_center', 'Cost center', app('cost_center'), enterprise('costCenter')],
  ['organization', 'Organization', app('organization'), enterprise('organization')],
  ['division', 'Division', app('division'), enterprise('division')],
  ['department', 'Department', app('department'), enterprise('department')],
  ['manager', 'Manager', app('manager'), enterprise('manager')],
  ['groups_saml', 'Groups', 'groups_saml', { saml_mapping: ['http://schemas.xmlsoap.org/claims/Group'] }],
  ['federated_groups', 'Federated groups', 'federated_groups', userinfo('groups', 'groups')],
  ['federated_locale', 'Federated locale', 'federated_locale', userinfo('locale', 'locale')],
  ['federated_zoneinfo', 'Federated time zone', 'federated_zoneinfo', userinfo('zoneinfo')],
];

const required = ['email'];

export const userAttributeTemplates: readonly UserAttributeTemplate[] = [
  {
    id: 'auth0-generic',
    display_name: 'Generic user attribute profile template',
    template: {
      name: 'Generic user attribute profile',
      user_id: {
        ...defaultUserId,
        strategy_overrides: {
          samlp: { scim_mapping: 'userName' },
          waad: { oidc_mapping: 'oid' },
          'google-apps': { oidc_mapping: 'email' },
        },
      },
      user_attributes: Object.fromEntries(
        attributes.map(([name, label, auth0_mapping, ...sources]): [string, UserAttribute] => [
          name,
          Object.assign(
            { description: label, label, profile_required: required.includes(name), auth0_mapping },
            ...sources,
          ),
        ]),
      ),
    },
  },
];
