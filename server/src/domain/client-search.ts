// Owns the two questions that a search for applications may ask: who may act for an organization, and who for any.
import { clientGrants } from './client-grants.ts';
import type { Context } from './context.ts';
import { organizationRecords } from './organizations.ts';
import { InvalidSetting } from './refusals.ts';

const question = /^client_grant\.(?:organization_id:"?(?<organization>\w{1,50})"?|allow_any_organization:true)$/;

/** The ids of the applications that a search finds. Throws InvalidSetting for any other question. */
export async function findClientIds(ctx: Context, q: string): Promise<ReadonlySet<string>> {
  const match = question.exec(q.trim());
  if (!match) {
    throw new InvalidSetting(
      'q is client_grant.organization_id:{id} or client_grant.allow_any_organization:true, and nothing else.',
    );
  }
  const id = match.groups?.['organization'];
  const organization = id === undefined ? undefined : await organizationRecords.find(ctx, id);
  const grants = await clientGrants.list(ctx);
  const found = grants.filter(({ body }) =>
    id === undefined ? body.allow_any_organization : organization?.body.client_grants.includes(body.id),
  );
  return new Set(found.map(({ body }) => body.client_id));
}
