// Owns what goes with an application: what it was granted, what people allowed it, and by which connections they came to
// it. Its tokens end with it, because whatever takes one asks for the application.
import * as grants from '#storage/tables/grants';
import { forgetClientGrants } from './client-grants.ts';
import { forgetClientOfConnections } from './connections.ts';
import type { Context } from './context.ts';

export async function forgetClient(ctx: Pick<Context, 'database' | 'documents'>, clientId: string): Promise<void> {
  await forgetClientOfConnections(ctx, clientId);
  await forgetClientGrants(ctx, { client_id: clientId });
  await grants.removeOfClient(ctx.database.queries, clientId);
}
