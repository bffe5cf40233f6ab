// Owns client grants: which application may use which API, for itself or on behalf of people, and how far.
import { randomAlphanumeric } from '#crypto/random';
import type { ResourceServer } from '#protocol/resource-server';
import type { Context } from './context.ts';
import { records } from './records.ts';

/** For whom the application acts: for itself, or for who signed in. */
export type GrantSubject = 'client' | 'user';

export interface ClientGrant {
  readonly id: string;
  readonly client_id: string;
  /** The API's identifier. */
  readonly audience: string;
  readonly scope: readonly string[];
  /** Whether it is all that the API has, now and later, whatever `scope` says. */
  readonly allow_all_scopes?: boolean | null;
  readonly subject_type: GrantSubject;
  /** The types of authorization details that the application may ask for in its own name (RFC 9396). */
  readonly authorization_details_types?: readonly string[];
  /** Whether, and with which organizations, tokens may be asked for. */
  readonly organization_usage?: 'deny' | 'allow' | 'require';
  readonly allow_any_organization?: boolean;
}

type Key = Pick<ClientGrant, 'client_id' | 'audience' | 'subject_type'>;

const nameOf = ({ client_id, audience, subject_type }: Key) =>
  subject_type === 'client' ? `${client_id} ${audience}` : `${client_id} ${audience} ${subject_type}`;

export const clientGrants = records<ClientGrant>('client-grants', nameOf);

/** The grant of an application for an API. */
export async function findClientGrant(
  ctx: Pick<Context, 'documents'>,
  clientId: string,
  audience: string,
  subjectType: GrantSubject = 'client',
): Promise<ClientGrant | undefined> {
  const name = nameOf({ client_id: clientId, audience, subject_type: subjectType });
  return (await clientGrants.findByName(ctx, name))?.body;
}

export async function findClientGrantById(
  ctx: Pick<Context, 'documents'>,
  id: string,
): Promise<ClientGrant | undefined> {
  return (await clientGrants.find(ctx, id))?.body;
}

/** The scopes of a grant, as its API is now. */
export function grantedScopes(grant: ClientGrant, api: Pick<ResourceServer, 'scopes'>): readonly string[] {
  return grant.allow_all_scopes ? api.scopes.map(({ value }) => value) : grant.scope;
}

/** Lets an application use an API with exactly these scopes, whatever it was allowed before; for itself unless told. */
export async function grantClient(
  ctx: Pick<Context, 'documents'>,
  grant: Pick<ClientGrant, 'client_id' | 'audience' | 'scope'> &
    Partial<Pick<ClientGrant, 'subject_type' | 'authorization_details_types' | 'allow_all_scopes'>>,
): Promise<void> {
  const { client_id, audience, scope, subject_type = 'client', ...details } = grant;
  const known = await findClientGrant(ctx, client_id, audience, subject_type);
  if (known) {
    await clientGrants.change(ctx, known.id, (current) => ({ ...current, scope, ...details }));
    return;
  }
  const id = `cgr_${randomAlphanumeric(16)}`;
  await clientGrants.create(ctx, id, { id, client_id, audience, scope, subject_type, ...details });
}

/** Takes away every grant of an application, or for an API: one of them is gone. */
export async function forgetClientGrants(
  ctx: Pick<Context, 'documents'>,
  of: Partial<Pick<ClientGrant, 'client_id' | 'audience'>>,
): Promise<void> {
  for (const { id, body } of await clientGrants.list(ctx)) {
    const isOf = of.client_id === undefined ? body.audience === of.audience : body.client_id === of.client_id;
    if (isOf) await clientGrants.remove(ctx, id);
  }
}
