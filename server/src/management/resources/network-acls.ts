// Owns /api/v2/network-acls: who is let in, by address, country and the like.
import type { Context } from '#domain/context';
import { records } from '#domain/records';
import { ApiError, invalidBody } from '#protocol/api-error';
import { type JsonObject, mergePatch } from '#protocol/merge-patch';
import { type Collection, collection, dated } from '../collection.ts';
import { prefixed } from '../ids.ts';
import { Answer, type Call, type Resource } from '../resource.ts';
import { flag, integer, list, object, oneOf, optional, patchOf, record, text } from '../schema.ts';

interface Action {
  readonly block?: boolean;
  readonly allow?: boolean;
  readonly log?: boolean;
  readonly redirect?: boolean;
  readonly redirect_uri?: string;
}

interface Match {
  readonly auth0_managed?: readonly string[];
}

interface NetworkAcl {
  readonly id: string;
  readonly description: string;
  readonly active: boolean;
  readonly priority?: number;
  readonly rule: {
    readonly action: Action;
    readonly match?: Match;
    readonly not_match?: Match;
    readonly match_all?: boolean;
    readonly scope: string;
  };
}

const id = prefixed('acl-id', 'acl_', 22);
/** Those of an earlier kind are UUIDs. */
const idForm = /^(?:acl_[A-Za-z0-9]{22}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/;

const names = (what: string) =>
  optional(list(text({ maxLength: 300 }), { uniqueItems: true, maxItems: 100, description: what }));

const match = object({
  asns: optional(list(integer({ minimum: 0 }), { uniqueItems: true, maxItems: 100 })),
  auth0_managed: optional(list(text(), { uniqueItems: true, maxItems: 10 })),
  geo_country_codes: names('Countries, ISO 3166-1'),
  geo_subdivision_codes: names('Regions, ISO 3166-2'),
  ipv4_cidrs: names('Networks'),
  ipv6_cidrs: names('Networks'),
  ja3_fingerprints: names('TLS fingerprints'),
  ja4_fingerprints: names('TLS fingerprints'),
  user_agents: names('User agents'),
  hostnames: names('Host names that are called'),
  connecting_ipv4_cidrs: names('Networks of the last hop'),
  connecting_ipv6_cidrs: names('Networks of the last hop'),
  http_message_signature: optional(record()),
});

const create = object({
  description: text({ minLength: 1, maxLength: 255, description: 'What it is for' }),
  active: flag({ description: 'Whether it is applied' }),
  priority: optional(integer({ minimum: 1, maximum: 100, description: 'Lower ones are applied first' })),
  rule: object({
    action: object({
      block: optional(flag()),
      allow: optional(flag()),
      log: optional(flag()),
      redirect: optional(flag()),
      redirect_uri: optional(text({ minLength: 1, maxLength: 2000 })),
    }),
    match: optional(match),
    not_match: optional(match),
    match_all: optional(flag()),
    scope: oneOf(['management', 'authentication', 'tenant', 'dynamic_client_registration']),
  }),
});

const curated = ['auth0.low_reputation', 'auth0.icloud_relay_proxy'];

function check(acl: NetworkAcl): NetworkAcl {
  const { action, match: inside, not_match } = acl.rule;
  if (action.redirect && action.redirect_uri === undefined) {
    throw invalidBody('Payload validation error: Action type of `redirect` requires a `redirect_uri`');
  }
  const asked = [...(inside?.auth0_managed ?? []), ...(not_match?.auth0_managed ?? [])];
  const unknown = asked.filter((name) => !curated.includes(name));
  if (unknown.length === 0) return acl;
  const allowed = curated.join(', ');
  throw invalidBody(`Invalid curated list name(s): ${unknown.join(', ')}. Allowed curated list names are: ${allowed}`);
}

async function find(ctx: Context, acl: string) {
  if (!idForm.test(acl)) {
    throw new ApiError(
      400,
      "Network ACL id is not a valid ACL ID in the form 'acl_XXXXXXXXXXXXXXXXXXXXXX'",
      'invalid_uri',
    );
  }
  return acls.find(ctx, acl);
}

const acls = records<NetworkAcl>('network-acls');

/** The tenant is told of the one that is asked for, not of one that was just written. */
function shown(document: Parameters<typeof dated<NetworkAcl>>[0], { ctx, body }: Call): unknown {
  const acl = dated(document);
  return body === undefined ? { tenant_id: new URL(ctx.issuer).host, ...acl, deleted_at: null } : acl;
}

const declaration: Collection<NetworkAcl> = {
  path: '/network-acls',
  noun: 'network ACL',
  scope: 'network_acls',
  records: acls,
  create,
  replace: create,
  update: patchOf(create),
  fresh: (_call, body) => check({ id: id.make(), ...(body as Omit<NetworkAcl, 'id'>) }),
  replacement: (before, body) => check({ id: before.id, ...(body as Omit<NetworkAcl, 'id'>) }),
  patched: (before, patch) =>
    check(mergePatch(before as unknown as JsonObject, patch, ['rule']) as unknown as NetworkAcl),
  shown,
  find,
  missing: () => new ApiError(404, 'NetworkACL with this ID was not found'),
  strictDelete: true,
  deleted: () => new Answer(200, { code: 204, object: '' }),
};

export const networkAcls: Resource = { name: 'network-acls', endpoints: collection(declaration) };
