// Lives the life of every resource with Auth0's own SDK, unmodified but for the domain, over TLS.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ManagementClient } from 'auth0';
import { type Server, startServer, temporaryDirectory } from '../../e2e/server.ts';
import { resources } from '../../server/src/management/resources.ts';
import { lives } from './lives.ts';

const clientId = 'ProgramOfTheLivesOfAllResources0';
const clientSecret = 'the-secret-of-the-program-of-the-lives';

let server: Server;
let auth0: ManagementClient;

before(async () => {
  const data = temporaryDirectory();
  const env = {
    WARIFU_TLS: 'self-signed',
    WARIFU_MANAGEMENT_CLIENT_ID: clientId,
    WARIFU_MANAGEMENT_CLIENT_SECRET: clientSecret,
  };
  server = await startServer({ data, env });
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(join(data, 'tls', 'ca.pem'), 'utf8')]);
  auth0 = new ManagementClient({ domain: new URL(server.issuer).host, clientId, clientSecret });
});
after(() => server.stop());

test('every resource has a life', () => {
  const names = new Set(lives.map(({ resource }) => resource));
  assert.deepEqual(
    resources.map(({ name }) => name).filter((name) => !names.has(name)),
    [],
  );
});

for (const { resource, live } of lives) test(`node-auth0 lives with ${resource}`, () => live(auth0, server.issuer));
