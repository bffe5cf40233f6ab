// Owns what goes with an application: what it was granted, and what people allowed it. Its tokens end with it, because
// whatever takes one asks for the application.
import * as grants from '#storage/tables/grants';
import { forgetClientGrants } from './client-grants.ts';
import type { Context } from './context.ts';

export async function forgetClient(ctx: Pick<Context, 'database' | 'documents'>, clientId: string): Promise<void> {
  await forgetClientGrants(ctx, { client_id: clientId });
  await grants.removeOfClient(ctx.database.queries, clientId);
}
