// Owns the APIs that are Auth0's own, and what an administrator gets who makes one of them.
import type { ResourceServer } from '#protocol/resource-server';
import type { Context } from './context.ts';
import { signalsAudience } from './ssf-streams.ts';

type SystemApi = Omit<ResourceServer, 'id' | 'identifier'>;

const noClients = (user: 'allow_all' | 'require_client_grant') =>
  ({ user: { policy: user }, client: { policy: 'deny_all' } }) as const;

/** What people may change of their own accounts, for applications that were granted it. */
const myAccount: SystemApi = {
  name: 'Auth0 My Account API',
  scopes: [
    { value: 'create:me:connected_accounts', description: 'Create Connected Accounts' },
    { value: 'read:me:connected_accounts', description: 'Read Connected Accounts' },
    { value: 'delete:me:connected_accounts', description: 'Delete Connected Accounts' },
  ],
  signing_alg: 'RS256',
  allow_offline_access: true,
  token_lifetime: 600,
  token_lifetime_for_web: 600,
  skip_consent_for_verifiable_first_party_clients: true,
  is_system: true,
  proof_of_possession: { mechanism: 'dpop', required: false },
  subject_type_authorization: noClients('require_client_grant'),
};

/** What Okta's integration network sets up for an organization's sign-in. */
const expressConfiguration: SystemApi = {
  name: 'Okta OIN Express Configuration API',
  scopes: [
    { value: 'express_configure:sso', description: 'Ability to create SSO configurations' },
    { value: 'express_configure:scim', description: 'Ability to create scim configurations' },
  ],
  signing_alg: 'RS256',
  allow_offline_access: false,
  token_lifetime: 300,
  token_lifetime_for_web: 7200,
  skip_consent_for_verifiable_first_party_clients: false,
  enforce_policies: true,
  is_system: true,
  subject_type_authorization: noClients('allow_all'),
};

/** What receivers of security events are granted: to keep a stream, to read it, to be told. */
const sharedSignals: SystemApi = {
  name: 'Shared Signals API',
  scopes: [
    { value: 'ssf.manage', description: 'Create, change and delete streams of security events' },
    { value: 'ssf.read', description: 'Read streams and fetch security events' },
  ],
  signing_alg: 'RS256',
  allow_offline_access: false,
  token_lifetime: 3600,
  token_lifetime_for_web: 3600,
  skip_consent_for_verifiable_first_party_clients: false,
  enforce_policies: true,
  is_system: true,
  subject_type_authorization: { user: { policy: 'deny_all' }, client: { policy: 'require_client_grant' } },
};

/** The settings of a system API; undefined for an identifier that is anybody's. */
export function systemApi({ issuer }: Pick<Context, 'issuer'>, identifier: string): SystemApi | undefined {
  if (identifier === `${issuer}me/`) return myAccount;
  if (identifier === signalsAudience({ issuer })) return sharedSignals;
  return identifier === 'urn:auth0:express-configure' ? expressConfiguration : undefined;
}
