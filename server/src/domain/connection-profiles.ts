// Owns connection profiles: what connections look like that customers of the tenant make, in Auth0's spelling.
import { records } from './records.ts';

export interface ConnectionProfile {
  readonly id: string;
  readonly name: string;
  readonly organization: object | null;
  /** What the names of connections begin with, with `{org_id}` and `{org_name}` in it. */
  readonly connection_name_prefix_template: string | null;
  readonly enabled_features: readonly string[] | null;
  readonly connection_config: object | null;
  /** By strategy. */
  readonly strategy_overrides: object | null;
  readonly provisioning?: object;
  readonly cross_app_access_resource_app?: object;
}

export const connectionProfiles = records<ConnectionProfile>('connection-profiles', ({ name }) => name);
