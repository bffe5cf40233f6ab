// Owns a person who has signed in to an application in a browser, for the lives of what comes of it.
import assert from 'node:assert/strict';
import type { ManagementClient } from 'auth0';
import { Person, password } from '../person.ts';

const redirect_uri = 'https://app.example.com/callback';

export interface SignedIn {
  readonly user_id: string;
  readonly client_id: string;
  readonly refresh_token: string;
  /** Whether the application gets tokens for its refresh token. */
  refreshes(): Promise<boolean>;
  /** Takes the person and the application away. */
  forget(): Promise<void>;
}

/** Makes a person and an application, and signs the one in to the other. */
export async function signIn(auth0: ManagementClient, issuer: string, email: string): Promise<SignedIn> {
  const connection = 'Username-Password-Authentication';
  const { user_id = '' } = await auth0.users.create({ connection, email, password, email_verified: true });
  const { client_id = '', client_secret = '' } = await auth0.clients.create({
    name: `Application of ${email}`,
    app_type: 'regular_web',
    callbacks: [redirect_uri],
    oidc_conformant: true,
  });
  const database = (await auth0.connections.list({ name: connection })).data[0]?.id ?? '';
  await auth0.connections.clients.update(database, [{ client_id, status: true }]);
  const ask = (values: Record<string, string>) =>
    fetch(new URL('oauth/token', issuer), {
      method: 'POST',
      body: new URLSearchParams({ client_id, client_secret, ...values }),
    });

  const start = new URL('authorize', issuer);
  const request = { client_id, redirect_uri, response_type: 'code', scope: 'openid offline_access', state: 'a-state' };
  for (const [name, value] of Object.entries(request)) start.searchParams.set(name, value);
  const end = await new Person(email).visit(start);
  const code = end.searchParams.get('code') ?? assert.fail(`No code in ${end}`);
  const answer = await ask({ grant_type: 'authorization_code', code, redirect_uri });
  const { refresh_token } = (await answer.json()) as { refresh_token: string };
  return {
    user_id,
    client_id,
    refresh_token,
    refreshes: async () => (await ask({ grant_type: 'refresh_token', refresh_token })).ok,
    forget: async () => {
      await auth0.users.delete(user_id);
      await auth0.clients.delete(client_id);
    },
  };
}
