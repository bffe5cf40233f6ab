// Owns the list of the Management API's resources, sorted by name. What depends on it is made from it: routes, scopes, the reference.
import type { Resource } from './resource.ts';
import { actions } from './resources/actions.ts';
import { anomaly } from './resources/anomaly.ts';
import { attackProtection } from './resources/attack-protection.ts';
import { blacklists } from './resources/blacklists.ts';
import { branding } from './resources/branding.ts';
import { clientGrants } from './resources/client-grants.ts';
import { clients } from './resources/clients.ts';
import { connectionsDirectoryProvisionings } from './resources/connection-directory.ts';
import { connectionProfiles } from './resources/connection-profiles.ts';
import { connectionsScimConfigurations } from './resources/connection-scim.ts';
import { connections } from './resources/connections.ts';
import { customDomains } from './resources/custom-domains.ts';
import { deviceCredentials } from './resources/device-credentials.ts';
import { emailTemplates } from './resources/email-templates.ts';
import { emails } from './resources/emails.ts';
import { eventStreams } from './resources/event-streams.ts';
import { flows } from './resources/flows.ts';
import { forms } from './resources/forms.ts';
import { grants } from './resources/grants.ts';
import { groups } from './resources/groups.ts';
import { guardian } from './resources/guardian.ts';
import { hooks } from './resources/hooks.ts';
import { jobs } from './resources/jobs.ts';
import { keys } from './resources/keys.ts';
import { logStreams } from './resources/log-streams.ts';
import { logs } from './resources/logs.ts';
import { networkAcls } from './resources/network-acls.ts';
import { organizations } from './resources/organizations.ts';
import { prompts } from './resources/prompts.ts';
import { rateLimitPolicies } from './resources/rate-limit-policies.ts';
import { refreshTokens } from './resources/refresh-tokens.ts';
import { resourceServers } from './resources/resource-servers.ts';
import { riskAssessments } from './resources/risk-assessments.ts';
import { roles } from './resources/roles.ts';
import { rules } from './resources/rules.ts';
import { rulesConfigs } from './resources/rules-configs.ts';
import { selfServiceProfiles } from './resources/self-service-profiles.ts';
import { sessions } from './resources/sessions.ts';
import { stats } from './resources/stats.ts';
import { supplementalSignals } from './resources/supplemental-signals.ts';
import { tenants } from './resources/tenants.ts';
import { tickets } from './resources/tickets.ts';
import { tokenExchangeProfiles } from './resources/token-exchange-profiles.ts';
import { userAttributeProfiles } from './resources/user-attribute-profiles.ts';
import { userBlocks } from './resources/user-blocks.ts';
import { users } from './resources/users.ts';
import { usersByEmail } from './resources/users-by-email.ts';
import { verifiableCredentials } from './resources/verifiable-credentials.ts';

export const resources: readonly Resource[] = [
  actions,
  anomaly,
  attackProtection,
  blacklists,
  branding,
  clientGrants,
  clients,
  connectionProfiles,
  connections,
  connectionsDirectoryProvisionings,
  connectionsScimConfigurations,
  customDomains,
  deviceCredentials,
  emailTemplates,
  emails,
  eventStreams,
  flows,
  forms,
  grants,
  groups,
  guardian,
  hooks,
  jobs,
  keys,
  logStreams,
  logs,
  networkAcls,
  organizations,
  prompts,
  rateLimitPolicies,
  refreshTokens,
  resourceServers,
  riskAssessments,
  roles,
  rules,
  rulesConfigs,
  selfServiceProfiles,
  sessions,
  stats,
  supplementalSignals,
  tenants,
  tickets,
  tokenExchangeProfiles,
  userAttributeProfiles,
  userBlocks,
  users,
  usersByEmail,
  verifiableCredentials,
];

const currentUserScopes = resources.flatMap(({ endpoints }) => endpoints.flatMap(({ selfScopes = [] }) => selfScopes));
const allScopes = resources.flatMap(({ endpoints }) => endpoints.flatMap(({ scopes }) => scopes));

/** Every scope that an endpoint wants, sorted: what the Management API offers. */
export const managementScopes: readonly string[] = [...new Set([...allScopes, ...currentUserScopes])].sort();
