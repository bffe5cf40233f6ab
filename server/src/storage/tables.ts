// Owns the list of tables: the one type that every query is checked against.
import type { Kysely } from 'kysely';
import type { AttemptRow } from './tables/attempts.ts';
import type { DecoupledRequestRow } from './tables/decoupled-requests.ts';
import type { CounterRow, DocumentRow } from './tables/documents.ts';
import type { GrantRow } from './tables/grants.ts';
import type { GroupMemberRow } from './tables/group-members.ts';
import type { GroupRoleRow } from './tables/group-roles.ts';
import type { GroupRow } from './tables/groups.ts';
import type { IdentityRow } from './tables/identities.ts';
import type { LoginIdentifierRow } from './tables/login-identifiers.ts';
import type { LoginTransactionRow } from './tables/login-transactions.ts';
import type { LogoutDeliveryRow } from './tables/logout-outbox.ts';
import type { LogRow } from './tables/logs.ts';
import type { OrganizationInvitationRow } from './tables/organization-invitations.ts';
import type { OrganizationMemberRoleRow } from './tables/organization-member-roles.ts';
import type { OrganizationMemberRow } from './tables/organization-members.ts';
import type { PasswordRow } from './tables/passwords.ts';
import type { RefreshTokenRow } from './tables/refresh-tokens.ts';
import type { ReplayRow } from './tables/replays.ts';
import type { RevocationRow } from './tables/revocations.ts';
import type { SessionClientRow } from './tables/session-clients.ts';
import type { SessionRow } from './tables/sessions.ts';
import type { SigningKeyRow } from './tables/signing-keys.ts';
import type { SingleUseTokenRow } from './tables/single-use-tokens.ts';
import type { ActiveUserRow, DailyStatsRow } from './tables/statistics.ts';
import type { UserPermissionRow } from './tables/user-permissions.ts';
import type { UserRoleRow } from './tables/user-roles.ts';
import type { UserTermRow } from './tables/user-terms.ts';
import type { UserRow } from './tables/users.ts';

export interface Schema {
  active_users: ActiveUserRow;
  attempts: AttemptRow;
  counters: CounterRow;
  daily_stats: DailyStatsRow;
  decoupled_requests: DecoupledRequestRow;
  documents: DocumentRow;
  grants: GrantRow;
  group_members: GroupMemberRow;
  group_roles: GroupRoleRow;
  groups: GroupRow;
  identities: IdentityRow;
  login_identifiers: LoginIdentifierRow;
  login_transactions: LoginTransactionRow;
  logs: LogRow;
  logout_outbox: LogoutDeliveryRow;
  organization_invitations: OrganizationInvitationRow;
  organization_member_roles: OrganizationMemberRoleRow;
  organization_members: OrganizationMemberRow;
  passwords: PasswordRow;
  refresh_tokens: RefreshTokenRow;
  replays: ReplayRow;
  revocations: RevocationRow;
  session_clients: SessionClientRow;
  sessions: SessionRow;
  signing_keys: SigningKeyRow;
  single_use_tokens: SingleUseTokenRow;
  user_permissions: UserPermissionRow;
  user_roles: UserRoleRow;
  user_terms: UserTermRow;
  users: UserRow;
}

/** What a store function takes: the database, or a transaction on it. */
export type Queries = Kysely<Schema>;
