// Owns the list of lives: one for each resource of the Management API.
import type { Life } from './life.ts';
import { connectionProfiles } from './lives/connection-profiles.ts';
import { groups } from './lives/groups.ts';
import { organizations } from './lives/organizations.ts';
import { roles } from './lives/roles.ts';
import { selfServiceProfiles } from './lives/self-service-profiles.ts';
import { tokenExchangeProfiles } from './lives/token-exchange-profiles.ts';
import { userAttributeProfiles } from './lives/user-attribute-profiles.ts';
import { verifiableCredentials } from './lives/verifiable-credentials.ts';

export const lives: readonly Life[] = [
  connectionProfiles,
  groups,
  organizations,
  roles,
  selfServiceProfiles,
  tokenExchangeProfiles,
  userAttributeProfiles,
  verifiableCredentials,
];
