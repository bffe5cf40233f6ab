// Owns client grants: which application may act for itself at which API, and how far.
import { randomAlphanumeric } from '#crypto/random';
import { documentKind } from '#storage/documents';
import type { Context } from './context.ts';

export interface ClientGrant {
  readonly id: string;
  readonly client_id: string;
  /** The API's identifier. */
  readonly audience: string;
  readonly scope: readonly string[];
  readonly subject_type: 'client';
}

const nameOf = ({ client_id, audience }: Pick<ClientGrant, 'client_id' | 'audience'>) => `${client_id} ${audience}`;

const kind = documentKind<ClientGrant>('client-grants', nameOf);

/** The grant of an application for an API. */
export async function findClientGrant(
  ctx: Pick<Context, 'documents'>,
  clientId: string,
  audience: string,
): Promise<ClientGrant | undefined> {
  return (await ctx.documents.getByName(kind, nameOf({ client_id: clientId, audience })))?.body;
}

/** Lets an application act for itself at an API with exactly these scopes, whatever it was allowed before. */
export async function grantClient(
  ctx: Pick<Context, 'documents'>,
  grant: Pick<ClientGrant, 'client_id' | 'audience' | 'scope'>,
): Promise<void> {
  const known = await findClientGrant(ctx, grant.client_id, grant.audience);
  if (known) {
    await ctx.documents.update(kind, known.id, (current) => ({ ...current, scope: grant.scope }));
    return;
  }
  const id = `cgr_${randomAlphanumeric(16)}`;
  await ctx.documents.create<ClientGrant>(kind, id, { id, ...grant, subject_type: 'client' });
}
