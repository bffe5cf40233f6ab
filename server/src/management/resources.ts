// Owns the list of the Management API's resources. What depends on it is made from it: routes, scopes, the reference.
import type { Resource } from './resource.ts';
import { attackProtection } from './resources/attack-protection.ts';
import { groups } from './resources/groups.ts';
import { guardian } from './resources/guardian.ts';
import { hooks } from './resources/hooks.ts';
import { networkAcls } from './resources/network-acls.ts';
import { organizations } from './resources/organizations.ts';
import { rateLimitPolicies } from './resources/rate-limit-policies.ts';
import { riskAssessments } from './resources/risk-assessments.ts';
import { roles } from './resources/roles.ts';
import { rules } from './resources/rules.ts';
import { rulesConfigs } from './resources/rules-configs.ts';
import { supplementalSignals } from './resources/supplemental-signals.ts';

export const resources: readonly Resource[] = [
  attackProtection,
  groups,
  guardian,
  hooks,
  networkAcls,
  organizations,
  rateLimitPolicies,
  riskAssessments,
  roles,
  rules,
  rulesConfigs,
  supplementalSignals,
];

const currentUserScopes = resources.flatMap(({ endpoints }) => endpoints.flatMap(({ selfScopes = [] }) => selfScopes));
const allScopes = resources.flatMap(({ endpoints }) => endpoints.flatMap(({ scopes }) => scopes));

/** Every scope that an endpoint wants, sorted: what the Management API offers. */
export const managementScopes: readonly string[] = [...new Set([...allScopes, ...currentUserScopes])].sort();
