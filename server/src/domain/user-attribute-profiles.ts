// Owns user attribute profiles: how what identity providers tell of people maps to their users, in Auth0's spelling.
import type { Context } from './context.ts';
import { records } from './records.ts';
import { selfServiceProfiles } from './self-service-profiles.ts';

interface UserIdMapping {
  readonly oidc_mapping?: string;
  readonly saml_mapping?: readonly string[];
  readonly scim_mapping?: string;
}

export interface UserAttribute {
  readonly description: string;
  readonly label: string;
  readonly profile_required: boolean;
  readonly auth0_mapping: string;
  readonly oidc_mapping?: { readonly mapping: string; readonly display_name?: string };
  readonly saml_mapping?: readonly string[];
  readonly scim_mapping?: string;
  /** By strategy. */
  readonly strategy_overrides?: Readonly<
    Record<string, Pick<UserAttribute, 'oidc_mapping' | 'saml_mapping' | 'scim_mapping'>>
  >;
}

export interface UserAttributeProfile {
  readonly id: string;
  readonly name: string;
  /** What identifies a person at their provider. */
  readonly user_id: UserIdMapping & { readonly strategy_overrides?: Readonly<Record<string, UserIdMapping>> };
  /** By name. */
  readonly user_attributes: Readonly<Record<string, UserAttribute>>;
}

export const userAttributeProfiles = records<UserAttributeProfile>('user-attribute-profiles', ({ name }) => name);

/** The claim type of an assertion, as Microsoft's and others' identity providers name it. */
export function claimType(name: string): string {
  return `http://schemas.xmlsoap.org/ws/2005/05/identity/claims/${name}`;
}

/** What identifies people where nothing else is said. */
export const defaultUserId: UserAttributeProfile['user_id'] = {
  scim_mapping: 'externalId',
  saml_mapping: [claimType('nameidentifier'), claimType('upn'), claimType('name')],
  oidc_mapping: 'sub',
};

/** Takes a profile that is gone out of the self-service profiles that named it. */
export async function forgetUserAttributeProfile(ctx: Pick<Context, 'documents'>, profileId: string): Promise<void> {
  for (const { id, body } of await selfServiceProfiles.list(ctx)) {
    if (body.user_attribute_profile_id !== profileId) continue;
    await selfServiceProfiles.change(ctx, id, ({ user_attribute_profile_id: named, ...rest }) =>
      named === undefined || named === profileId ? rest : { ...rest, user_attribute_profile_id: named },
    );
  }
}
