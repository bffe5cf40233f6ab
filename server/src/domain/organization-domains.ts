// Owns the domains by which an organization is found: whose address ends so is sent to its sign-in.
import { randomHex, randomLetters } from '#crypto/random';

export interface DiscoveryDomain {
  readonly id: string;
  /** Lower-case. */
  readonly domain: string;
  readonly status: 'pending' | 'verified';
  readonly use_for_organization_discovery: boolean;
  /** Where a TXT record proves that the domain is the organization's. */
  readonly verification_host: string;
  readonly verification_txt: string;
}

export type NewDiscoveryDomain = Pick<DiscoveryDomain, 'domain'> &
  Partial<Pick<DiscoveryDomain, 'status' | 'use_for_organization_discovery'>>;

const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** A domain of an organization, pending unless whoever adds it vouches for it. */
export function newDiscoveryDomain(organizationId: string, fresh: NewDiscoveryDomain): DiscoveryDomain {
  const domain = fresh.domain.toLowerCase();
  return {
    id: `ord_${randomLetters(base58, 22)}`,
    domain,
    status: fresh.status ?? 'pending',
    use_for_organization_discovery: fresh.use_for_organization_discovery ?? true,
    verification_host: `_ss-verification.${organizationId}.${domain}`,
    verification_txt: randomHex(16),
  };
}
