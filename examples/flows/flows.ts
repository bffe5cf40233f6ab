// Owns the list of the examples, in the order of the table in docs/flows.md.
import { grantClient } from '../../server/src/domain/client-grants.ts';
import { createClient, type NewClient } from '../../server/src/domain/clients.ts';
import type { Context } from '../../server/src/domain/context.ts';
import { audience, callback, type Flow, type Told } from './flow.ts';

async function application(ctx: Context, settings: Partial<NewClient>): Promise<Told> {
  const { client, client_secret } = await createClient(ctx, { name: 'Example', callbacks: [callback], ...settings });
  return { CLIENT_ID: client.client_id, ...(client_secret === undefined ? {} : { CLIENT_SECRET: client_secret }) };
}

/** An application that acts for itself at the API of the examples. */
async function machine(ctx: Context, settings: Partial<NewClient> = {}): Promise<Told> {
  const told = await application(ctx, { app_type: 'non_interactive', ...settings });
  await grantClient(ctx, { client_id: String(told['CLIENT_ID']), audience, scope: ['read:things'] });
  return told;
}

export const flows: readonly Flow[] = [
  { name: 'authorization-code', furnish: (ctx) => application(ctx, { app_type: 'regular_web' }) },
  { name: 'client-credentials', furnish: (ctx) => machine(ctx) },
];
