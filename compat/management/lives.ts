// Owns the list of lives: one for each resource of the Management API.
import type { Life } from './life.ts';
import { actions } from './lives/actions.ts';
import { anomaly } from './lives/anomaly.ts';
import { attackProtection } from './lives/attack-protection.ts';
import { blacklists } from './lives/blacklists.ts';
import { branding } from './lives/branding.ts';
import { clientGrants } from './lives/client-grants.ts';
import { clients } from './lives/clients.ts';
import { connectionProfiles } from './lives/connection-profiles.ts';
import { connections } from './lives/connections.ts';
import { connectionsDirectoryProvisionings } from './lives/connections-directory-provisionings.ts';
import { connectionsScimConfigurations } from './lives/connections-scim-configurations.ts';
import { customDomains } from './lives/custom-domains.ts';
import { deviceCredentials } from './lives/device-credentials.ts';
import { emailTemplates } from './lives/email-templates.ts';
import { emails } from './lives/emails.ts';
import { eventStreams } from './lives/event-streams.ts';
import { flows } from './lives/flows.ts';
import { forms } from './lives/forms.ts';
import { grants } from './lives/grants.ts';
import { groups } from './lives/groups.ts';
import { guardian } from './lives/guardian.ts';
import { hooks } from './lives/hooks.ts';
import { jobs } from './lives/jobs.ts';
import { keys } from './lives/keys.ts';
import { logStreams } from './lives/log-streams.ts';
import { logs } from './lives/logs.ts';
import { networkAcls } from './lives/network-acls.ts';
import { organizations } from './lives/organizations.ts';
import { prompts } from './lives/prompts.ts';
import { rateLimitPolicies } from './lives/rate-limit-policies.ts';
import { refreshTokens } from './lives/refresh-tokens.ts';
import { resourceServers } from './lives/resource-servers.ts';
import { riskAssessments } from './lives/risk-assessments.ts';
import { roles } from './lives/roles.ts';
import { rules } from './lives/rules.ts';
import { rulesConfigs } from './lives/rules-configs.ts';
import { selfServiceProfiles } from './lives/self-service-profiles.ts';
import { sessions } from './lives/sessions.ts';
import { stats } from './lives/stats.ts';
import { supplementalSignals } from './lives/supplemental-signals.ts';
import { tenants } from './lives/tenants.ts';
import { tickets } from './lives/tickets.ts';
import { tokenExchangeProfiles } from './lives/token-exchange-profiles.ts';
import { userAttributeProfiles } from './lives/user-attribute-profiles.ts';
import { userBlocks } from './lives/user-blocks.ts';
import { users } from './lives/users.ts';
import { usersByEmail } from './lives/users-by-email.ts';
import { verifiableCredentials } from './lives/verifiable-credentials.ts';

export const lives: readonly Life[] = [
  actions,
  anomaly,
  attackProtection,
  blacklists,
  branding,
  clientGrants,
  clients,
  connectionProfiles,
  connectionsDirectoryProvisionings,
  connectionsScimConfigurations,
  connections,
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
  rulesConfigs,
  rules,
  selfServiceProfiles,
  sessions,
  stats,
  supplementalSignals,
  tenants,
  tickets,
  tokenExchangeProfiles,
  userAttributeProfiles,
  userBlocks,
  usersByEmail,
  users,
  verifiableCredentials,
];
