// Owns custom domains: other names under which the tenant is reached, once they are proved to be its own.
import { randomAlphanumeric, randomUuid } from '#crypto/random';
import type { Context } from './context.ts';
import { type Document, records } from './records.ts';
import { InvalidSetting } from './refusals.ts';

type DomainType = 'auth0_managed_certs' | 'self_managed_certs';

interface VerificationMethod {
  readonly name: 'CNAME' | 'TXT';
  readonly record: string;
  readonly domain: string;
}

export interface CustomDomain {
  readonly custom_domain_id: string;
  readonly domain: string;
  readonly primary: boolean;
  readonly is_default: boolean;
  readonly status: 'pending_verification' | 'ready';
  readonly type: DomainType;
  readonly origin_domain_name?: string;
  readonly verification: { readonly methods: readonly VerificationMethod[] };
  readonly tls_policy?: string;
  readonly custom_client_ip_header?: string | null;
  readonly domain_metadata?: Readonly<Record<string, string>>;
  readonly relying_party_identifier?: string;
}

export const customDomains = records<CustomDomain>('custom-domains', ({ domain }) => domain);

export type NewCustomDomain = Pick<CustomDomain, 'domain' | 'type'> & Partial<CustomDomain>;

/** Whoever lets us have the certificate points the name to us; who keeps it proves the name by a text, under Auth0's label. */
function methodOf({ issuer }: Pick<Context, 'issuer'>, { domain, type }: NewCustomDomain): VerificationMethod {
  return type === 'self_managed_certs'
    ? { name: 'TXT', record: randomUuid(), domain: `_cf-custom-hostname.${domain}` }
    : { name: 'CNAME', record: new URL(issuer).hostname, domain };
}

/** What a custom domain is until it is proved. */
export function freshCustomDomain(
  ctx: Pick<Context, 'issuer'>,
  fresh: NewCustomDomain,
  primary: boolean,
): CustomDomain {
  const own = fresh.type === 'self_managed_certs' ? { custom_client_ip_header: null } : { tls_policy: 'recommended' };
  return {
    custom_domain_id: `cd_${randomAlphanumeric(16)}`,
    primary,
    is_default: false,
    status: 'pending_verification',
    verification: { methods: [methodOf(ctx, fresh)] },
    ...own,
    ...fresh,
  };
}

async function isProved({ dns }: Pick<Context, 'dns'>, { name, record, domain }: VerificationMethod): Promise<boolean> {
  const found = await (name === 'CNAME' ? dns.aliases(domain) : dns.texts(domain));
  return found.some((value) => value.replace(/\.$/, '').toLowerCase() === record.toLowerCase());
}

/** Asks the domain name system whether the name is the tenant's; what is proved once stays so. */
export async function verifyCustomDomain(
  ctx: Pick<Context, 'documents' | 'dns' | 'issuer'>,
  { id, body }: Document<CustomDomain>,
): Promise<Document<CustomDomain> | undefined> {
  const proofs = await Promise.all(body.verification.methods.map((method) => isProved(ctx, method)));
  const proved = body.status === 'ready' || proofs.includes(true);
  const changed = await customDomains.change(ctx, id, (domain) =>
    proved ? { ...domain, status: 'ready', origin_domain_name: new URL(ctx.issuer).hostname } : domain,
  );
  return changed === 'taken' ? undefined : changed;
}

/** Makes one the default, which must be proved. Throws InvalidSetting. */
export async function makeDefaultDomain(
  ctx: Pick<Context, 'documents'>,
  chosen: CustomDomain | undefined,
): Promise<void> {
  if (chosen && chosen.status !== 'ready') {
    throw new InvalidSetting('The domain must be verified before it can be set as default.');
  }
  for (const { id, body } of await customDomains.list(ctx)) {
    const is_default = id === chosen?.custom_domain_id;
    if (body.is_default !== is_default) await customDomains.change(ctx, id, (domain) => ({ ...domain, is_default }));
  }
}

/** Whether several names are proved to be the tenant's own, and none of them is the one that is meant by default. */
export async function hasAmbiguousDomain(ctx: Pick<Context, 'documents'>): Promise<boolean> {
  const ready = (await customDomains.list(ctx)).filter(({ body }) => body.status === 'ready');
  return ready.length > 1 && !ready.some(({ body }) => body.is_default);
}
