// Owns what the demo application of development needs of the tenant.
import { changeClient, createClient, findClient } from './clients.ts';
import type { Context } from './context.ts';
import { unlessTaken } from './refusals.ts';
import { createResourceServer, findResourceServer } from './resource-servers.ts';

/** Fixed, so that the demo's address bar and its settings mean the same application after every start. */
export const demoClientId = 'WarifuDemoApplication00000000001';

export function demoAudience(issuer: string): string {
  return `${issuer}demo/api`;
}

/** Makes the demo's application and API, or puts their addresses right when the issuer has changed. */
export async function furnishDemo(ctx: Context): Promise<void> {
  const identifier = demoAudience(ctx.issuer);
  const address = `${ctx.issuer}demo/`;
  const origin = new URL(ctx.issuer).origin;
  const addresses = { callbacks: [address], allowed_logout_urls: [address], web_origins: [origin] };
  if (!(await findResourceServer(ctx, identifier))) {
    const scopes = [{ value: 'read:demo', description: 'Read the demo API' }];
    const api = { name: 'Demo API', identifier, scopes, allow_offline_access: true };
    await unlessTaken(createResourceServer(ctx, api));
  }
  const client = await findClient(ctx, demoClientId);
  const fresh = { client_id: demoClientId, name: 'Demo', app_type: 'spa' as const, ...addresses };
  if (!client) await unlessTaken(createClient(ctx, fresh));
  else if (client.callbacks[0] !== address) await changeClient(ctx, demoClientId, addresses);
}
