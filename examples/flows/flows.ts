// Owns the list of the examples, in the order of the table in docs/flows.md.
import { grantClient } from '../../server/src/domain/client-grants.ts';
import { createClient, type NewClient } from '../../server/src/domain/clients.ts';
import type { Context } from '../../server/src/domain/context.ts';
import { frontAndApi, personalToken, trustPartner } from './delegation.ts';
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

const grantTypes = {
  passwordRealm: 'http://auth0.com/oauth/grant-type/password-realm',
  jwtBearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
};

export const flows: readonly Flow[] = [
  { name: 'authorization-code', furnish: (ctx) => application(ctx, { app_type: 'regular_web' }) },
  { name: 'client-credentials', furnish: (ctx) => machine(ctx) },
  {
    name: 'password',
    furnish: (ctx) => application(ctx, { app_type: 'regular_web', grant_types: [grantTypes.passwordRealm] }),
  },
  { name: 'token-exchange', furnish: frontAndApi, prepare: personalToken },
  {
    name: 'jwt-bearer',
    furnish: async (ctx) =>
      trustPartner(ctx, await application(ctx, { app_type: 'regular_web', grant_types: [grantTypes.jwtBearer] })),
  },
  { name: 'introspection', furnish: frontAndApi, prepare: personalToken },
];
