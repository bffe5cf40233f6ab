// Owns APIs: what access tokens are for.
import { randomHex } from '#crypto/random';
import type { ResourceServer } from '#protocol/resource-server';
import { documentKind } from '#storage/documents';
import type { Context } from './context.ts';
import { Taken } from './taken.ts';

const kind = documentKind<ResourceServer>('resource-servers', (api) => api.identifier);

export type NewResourceServer = Pick<ResourceServer, 'name' | 'identifier'> & Partial<ResourceServer>;

/** Makes an API. Throws Taken. */
export async function createResourceServer(
  ctx: Pick<Context, 'documents'>,
  fresh: NewResourceServer,
): Promise<ResourceServer> {
  const api: ResourceServer = {
    id: randomHex(12),
    scopes: [],
    signing_alg: 'RS256',
    token_lifetime: 86_400,
    token_lifetime_for_web: 7200,
    allow_offline_access: false,
    skip_consent_for_verifiable_first_party_clients: false,
    ...fresh,
  };
  const created = await ctx.documents.create(kind, api.id, api);
  if (created === 'taken') throw new Taken(`An API with the identifier ${api.identifier} exists already.`);
  return created.body;
}

export async function findResourceServer(
  ctx: Pick<Context, 'documents'>,
  identifier: string,
): Promise<ResourceServer | undefined> {
  return (await ctx.documents.getByName(kind, identifier))?.body;
}
