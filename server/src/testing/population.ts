// Owns one of everything for tests of the Management API: made over it, with a text of ours wherever a secret may be.
import type { TestManagement } from './management.ts';
import { settleProviders, settleStreams } from './population-providers.ts';
import { planted, type RightRequest, Settlement } from './settlement.ts';

const script = 'module.exports = (client, scope, audience, context, done) => done(null, {});';
const connection = 'Username-Password-Authentication';
export const populationAudience = 'https://population.example.com/';

async function settleApplications(all: Settlement) {
  const scopes = [{ value: 'read:things' }, { value: 'write:things' }];
  const api = { name: 'Population', identifier: populationAudience, scopes };
  await all.post('/resource-servers', {
    ...api,
    signing_alg: 'HS256',
    signing_secret: planted('api').padEnd(64, '0'),
  });
  const { client_id } = await all.post('/clients', {
    name: 'Shop',
    app_type: 'regular_web',
    callbacks: ['https://shop.example.com/cb'],
    organization_usage: 'allow',
    client_metadata: { a: 'b' },
  });
  await all.send('PATCH', `/clients/${client_id}`, { name: 'Store', client_secret: planted('client').padEnd(64, '0') });
  const { id: grant } = await all.post('/client-grants', {
    client_id,
    audience: populationAudience,
    scope: ['read:things'],
    organization_usage: 'allow',
    allow_any_organization: false,
  });
  await all.send('PATCH', `/client-grants/${grant}`, { scope: ['read:things', 'write:things'] });
  return { client_id: client_id as string, grant: grant as string };
}

async function settlePeople(all: Settlement) {
  const { user_id } = await all.post('/users', {
    connection,
    email: 'population@example.com',
    password: planted('password'),
    user_metadata: { color: 'blue', nested: { deep: [1] } },
    app_metadata: { plan: 'a' },
  });
  const path = `/users/${encodeURIComponent(user_id)}`;
  await all.send('PATCH', path, { name: 'Pop', password: planted('newpassword') });
  const { id: role } = await all.post('/roles', { name: 'Settler', description: 'x' });
  await all.post(`${path}/roles`, { roles: [role] });
  const permissions = [{ permission_name: 'read:things', resource_server_identifier: populationAudience }];
  await all.post(`${path}/permissions`, { permissions });
  await all.post(`/roles/${role}/permissions`, { permissions });
  await all.post(`${path}/authentication-methods`, {
    type: 'phone',
    name: 'Work',
    phone_number: '+15550100',
    preferred_authentication_method: 'sms',
  });
  await all.post(`${path}/authentication-methods`, {
    type: 'totp',
    name: 'App',
    totp_secret: 'PLANTEDSECRETOFTOTP23456',
  });
  const { user_id: other } = await all.post('/users', {
    connection,
    email: 'other@example.com',
    password: planted('second'),
  });
  await all.post(`${path}/identities`, { provider: 'auth0', user_id: other });
  await all.post('/tickets/password-change', { user_id });
  await all.post('/tickets/email-verification', { user_id });
  await all.post('/jobs/verification-email', { user_id });
  await all.post('/jobs/users-exports', { format: 'json' });
  return { user_id: user_id as string, role: role as string };
}

async function settleConnections(all: Settlement, client_id: string) {
  const { id: oidc } = await all.post('/connections', {
    name: 'partner',
    strategy: 'oidc',
    options: { client_id: 'ours', client_secret: planted('oidc'), token_endpoint_auth_method: 'client_secret_post' },
  });
  await all.send('PATCH', `/connections/${oidc}/clients`, [{ client_id, status: true }]);
  await all.post('/connections', {
    name: 'legacy',
    strategy: 'auth0',
    options: { configuration: { API_TOKEN: planted('configuration') }, passwordPolicy: 'good' },
  });
  await all.post('/connections', {
    name: 'social',
    strategy: 'google-oauth2',
    options: { client_id: 'g', client_secret: planted('google') },
  });
  await all.post('/connections', {
    name: 'texts',
    strategy: 'sms',
    options: { from: '+1', twilio_sid: 'AC1', twilio_token: planted('twiliotoken'), provider: 'twilio' },
  });
  const { id: keyed } = await all.post('/connections', {
    name: 'keyed',
    strategy: 'oidc',
    options: { client_id: 'ours', token_endpoint_auth_method: 'private_key_jwt' },
  });
  await all.post(`/connections/${keyed}/keys/rotate`);
  const { id: saml } = await all.post('/connections', { name: 'pushing', strategy: 'samlp', options: {} });
  await all.post(`/connections/${saml}/scim-configuration`, {});
  await all.post(`/connections/${saml}/scim-configuration/tokens`, { scopes: ['get:users'] });
  const { id: google } = await all.post('/connections', {
    name: 'fetched',
    strategy: 'google-apps',
    options: {
      domain: 'example.com',
      client_secret: planted('googleapps'),
      api_enable_users: true,
      api_enable_groups: true,
      ext_groups: true,
    },
  });
  await all.post(`/connections/${google}/directory-provisioning`, { synchronize_groups: 'selected' });
  await all.send('PUT', `/connections/${google}/directory-provisioning/synchronized-groups`, {
    groups: [{ id: 'staff1' }],
  });
  return { oidc: oidc as string };
}

async function settleOrganization(
  all: Settlement,
  ids: Readonly<Record<'client_id' | 'grant' | 'user_id' | 'oidc', string>>,
) {
  const { client_id, grant, user_id, oidc } = ids;
  const { id } = await all.post('/organizations', { name: 'acme', display_name: 'Acme', metadata: { plan: 'a' } });
  const path = `/organizations/${id}`;
  const { id: role } = await all.post('/roles', { name: 'Operator', type: 'organization', owner_id: id });
  await all.post(`${path}/members`, { members: [user_id] });
  await all.post(`${path}/members/${encodeURIComponent(user_id)}/roles`, { roles: [role] });
  await all.post(`${path}/discovery-domains`, { domain: 'acme.example.com' });
  await all.post(`${path}/clients`, { clients: [{ client_id, use_for_member_access: true }] });
  await all.post(`${path}/client-grants`, { grant_id: grant });
  await all.post(`${path}/enabled_connections`, { connection_id: oidc, assign_membership_on_login: true });
  await all.post(`${path}/invitations`, { client_id, inviter: { name: 'Ann' }, invitee: { email: 'bob@example.com' } });
}

async function settleExtensions(all: Settlement) {
  const code = 'exports.onExecutePostLogin = async () => {};';
  const supported_triggers = [{ id: 'post-login', version: 'v3' }];
  const secrets = [{ name: 'KEY', value: planted('action') }];
  const { id: action } = await all.post('/actions/actions', { name: 'Greeter', supported_triggers, code, secrets });
  await all.post(`/actions/actions/${action}/deploy`);
  const bindings = [{ ref: { type: 'action_id', value: action }, display_name: 'At the door' }];
  await all.send('PATCH', '/actions/triggers/post-login/bindings', { bindings });
  const { id: module } = await all.post('/actions/modules', {
    name: 'greetings',
    code: 'module.exports = () => 1;',
    secrets: [{ name: 'KEY', value: planted('module') }],
  });
  await all.post(`/actions/modules/${module}/versions`);
  const { id: hook } = await all.post('/hooks', { name: 'exchange', script, triggerId: 'credentials-exchange' });
  await all.post(`/hooks/${hook}/secrets`, { KEY: planted('hook') });
  await all.send('PATCH', `/hooks/${hook}/secrets`, { KEY: planted('hookchange') });
  await all.post('/rules', { name: 'Greeting', script, enabled: false });
  await all.send('PUT', '/rules-configs/API_KEY', { value: planted('rule') });
  await all.post('/flows', { name: 'Welcome' });
  await all.post('/flows/vault/connections', {
    name: 'Hooks of ours',
    app_id: 'HTTP',
    setup: { type: 'BEARER', token: planted('vault') },
  });
  await all.post('/forms', { name: 'Address', languages: { primary: 'en' }, nodes: [], start: {}, ending: {} });
}

async function settleTexts(all: Settlement) {
  await all.send('PATCH', '/prompts', { identifier_first: true });
  await all.send('PUT', '/prompts/login/custom-text/en', { login: { title: 'Welcome home' } });
  await all.send('PUT', '/prompts/login/partials', { login: { 'form-content-start': '<p>Hello</p>' } });
  await all.send('PATCH', '/prompts/login-id/screen/login-id/rendering', { default_head_tags_disabled: true });
  await all.send('PATCH', '/branding', { colors: { primary: '#0059d6' }, logo_url: 'https://example.com/logo.png' });
  await all.post('/email-templates', {
    template: 'welcome_email',
    body: '<p>Hello</p>',
    from: 'a@example.com',
    subject: 'Hi',
    syntax: 'liquid',
    enabled: true,
  });
  await all.send('PUT', '/branding/templates/universal-login', {
    template: '<!DOCTYPE html><html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>',
  });
  await all.post('/branding/phone/templates', { type: 'otp_verify' });
}

async function settleProfiles(all: Settlement) {
  await all.post('/custom-domains', { domain: 'login.example.com', type: 'auth0_managed_certs' });
  await all.post('/network-acls', {
    description: 'Not from there',
    active: false,
    priority: 2,
    rule: { action: { block: true }, match: { ipv4_cidrs: ['192.0.2.0/24'] }, scope: 'tenant' },
  });
  await all.post('/rate-limit-policies', {
    resource: 'oauth_authentication_api',
    consumer: 'client',
    consumer_selector: 'third_party_clients',
    configuration: { action: 'log', limit: 5 },
  });
  const { id } = await all.post('/self-service-profiles', { name: 'Customers', allowed_strategies: ['oidc', 'samlp'] });
  await all.send('PUT', `/self-service-profiles/${id}/custom-text/en/get-started`, { introduction: 'Welcome' });
  await all.post(`/self-service-profiles/${id}/sso-ticket`, { connection_config: { name: 'customer' } });
  await all.post('/connection-profiles', { name: 'Enterprise', organization: { show_as_button: 'none' } });
  await all.post('/user-attribute-profiles', {
    name: 'Workforce',
    user_attributes: {
      email: { description: 'd', label: 'Email', profile_required: true, auth0_mapping: 'email' },
    },
  });
  const { id: action } = await all.post('/actions/actions', {
    name: 'Judge',
    supported_triggers: [{ id: 'custom-token-exchange', version: 'v1' }],
    code: 'exports.onExecuteCustomTokenExchange = async () => {};',
  });
  await all.post(`/actions/actions/${action}/deploy`);
  await all.post('/token-exchange-profiles', {
    name: 'Legacy tokens',
    type: 'custom_authentication',
    subject_token_type: 'urn:acme:legacy',
    action_id: action,
  });
  await all.post('/verifiable-credentials/verification/templates', {
    name: 'Age',
    type: 'mdl',
    dialect: 'simplified/1.0',
    presentation: { 'org.iso.18013.5.1.mDL': { 'org.iso.18013.5.1': { age_in_years: true } } },
    well_known_trusted_issuers: 'aamva',
  });
}

/** Makes one of everything. Returns the requests, each of which succeeded. */
export async function populate(api: TestManagement): Promise<readonly RightRequest[]> {
  const all = new Settlement(api);
  const { client_id, grant } = await settleApplications(all);
  const { user_id } = await settlePeople(all);
  const { oidc } = await settleConnections(all, client_id);
  await settleOrganization(all, { client_id, grant, user_id, oidc });
  await settleExtensions(all);
  await settleStreams(all);
  await settleTexts(all);
  await settleProviders(all);
  await settleProfiles(all);
  await all.post('/device-credentials', { device_name: 'Phone', device_id: 'a1', type: 'public_key', value: 'QUJD' });
  return all.requests;
}
