// Owns organizations: the customers of a tenant, each with people, connections, applications and settings of its own.
import type { JsonObject } from '#protocol/merge-patch';
import * as groupRoles from '#storage/tables/group-roles';
import * as invitations from '#storage/tables/organization-invitations';
import * as memberRoles from '#storage/tables/organization-member-roles';
import * as members from '#storage/tables/organization-members';
import type { Context } from './context.ts';
import type { DiscoveryDomain } from './organization-domains.ts';
import { type Records, records } from './records.ts';
import { forgetRole, roleRecords } from './roles.ts';

/** A connection by which people may sign in to an organization. */
export interface OrganizationConnection {
  readonly connection_id: string;
  /** Whether who signs in by it becomes a member. */
  readonly assign_membership_on_login: boolean;
  readonly show_as_button: boolean;
  /** Whether people may sign up for the organization; of databases only. */
  readonly is_signup_enabled: boolean;
  readonly is_enabled: boolean;
  /** What the organization's own administrators may do with it. */
  readonly organization_access_level: 'none' | 'readonly' | 'limited' | 'full';
  /** Its name within the organization. */
  readonly organization_connection_name?: string;
}

/** An application that is the organization's. */
export interface OrganizationClient {
  readonly client_id: string;
  readonly use_for_member_access: boolean;
}

export interface Organization {
  readonly id: string;
  readonly name: string;
  readonly display_name: string;
  readonly branding?: JsonObject;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly token_quota?: JsonObject;
  readonly third_party_client_access: 'block' | 'allow';
  readonly is_app_entitlement_active: boolean;
  /** Newest first. */
  readonly connections: readonly OrganizationConnection[];
  readonly discovery_domains: readonly DiscoveryDomain[];
  /** The ids of the client grants by which applications act for it. */
  readonly client_grants: readonly string[];
  readonly clients: readonly OrganizationClient[];
}

const documents = records<Organization>('organizations', ({ name }) => name);

/** Takes from the tables what belonged to an organization that is gone. */
async function forgetOrganization(ctx: Context, id: string): Promise<void> {
  await ctx.database.transaction(async (queries) => {
    await members.removeOfOrganization(queries, id);
    await memberRoles.removeOfOrganization(queries, id);
    await invitations.removeOfOrganization(queries, id);
    await groupRoles.removeOfOrganization(queries, id);
  });
  const owned = (await roleRecords.list(ctx)).filter(({ body }) => body.owner_id === id);
  for (const role of owned) {
    await roleRecords.remove(ctx, role.id);
    await forgetRole(ctx, role.id);
  }
}

/** An organization takes with it whatever was only in it: memberships, invitations, roles of its own. */
export const organizationRecords: Records<Organization, Context> = {
  ...documents,
  remove: async (ctx, id) => {
    const removed = await documents.remove(ctx, id);
    if (removed) await forgetOrganization(ctx, id);
    return removed;
  },
};

export async function findOrganization(ctx: Pick<Context, 'documents'>, id: string): Promise<Organization | undefined> {
  return (await documents.find(ctx, id))?.body;
}
