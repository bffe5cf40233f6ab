// Owns the list of lives: one for each resource of the Management API.
import type { Life } from './life.ts';
import { anomaly } from './lives/anomaly.ts';
import { blacklists } from './lives/blacklists.ts';
import { connectionProfiles } from './lives/connection-profiles.ts';
import { connections } from './lives/connections.ts';
import { connectionsDirectoryProvisionings } from './lives/connections-directory-provisionings.ts';
import { connectionsScimConfigurations } from './lives/connections-scim-configurations.ts';
import { deviceCredentials } from './lives/device-credentials.ts';
import { eventStreams } from './lives/event-streams.ts';
import { grants } from './lives/grants.ts';
import { groups } from './lives/groups.ts';
import { logStreams } from './lives/log-streams.ts';
import { logs } from './lives/logs.ts';
import { organizations } from './lives/organizations.ts';
import { roles } from './lives/roles.ts';
import { selfServiceProfiles } from './lives/self-service-profiles.ts';
import { stats } from './lives/stats.ts';
import { tokenExchangeProfiles } from './lives/token-exchange-profiles.ts';
import { userAttributeProfiles } from './lives/user-attribute-profiles.ts';
import { userBlocks } from './lives/user-blocks.ts';
import { verifiableCredentials } from './lives/verifiable-credentials.ts';

export const lives: readonly Life[] = [
  anomaly,
  blacklists,
  connectionProfiles,
  connectionsDirectoryProvisionings,
  connectionsScimConfigurations,
  connections,
  deviceCredentials,
  eventStreams,
  grants,
  groups,
  logStreams,
  logs,
  organizations,
  roles,
  selfServiceProfiles,
  stats,
  tokenExchangeProfiles,
  userAttributeProfiles,
  userBlocks,
  verifiableCredentials,
];
