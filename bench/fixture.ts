// Owns what the measurements need of a server: applications, people, and browsers that are signed in.
import { createHash, randomBytes } from 'node:crypto';
import { loadMasterKey } from '../server/src/crypto/master-key.ts';
import { grantClient } from '../server/src/domain/client-grants.ts';
import { createClient } from '../server/src/domain/clients.ts';
import { createResourceServer } from '../server/src/domain/resource-servers.ts';
import { openTenant } from '../server/src/domain/tenant.ts';
import { createDatabaseUser } from '../server/src/domain/users.ts';
import { createOutbound } from '../server/src/http/outbound.ts';
import { Connection, type Loop, type Request, type Response } from './load.ts';

const callback = 'https://app.example.com/callback';
const audience = 'https://api.example.com/';
const scope = 'openid profile email offline_access read:things';
const password = 'Correct-horse-battery-1';
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** Each has an API of its own beside the one with RS256. */
export const otherAlgorithms = ['ES256', 'EdDSA', 'HS256'] as const;
const audienceOf = (alg: string) => `https://${alg.toLowerCase()}.example.com/`;

export interface Fixture {
  readonly issuer: string;
  /** Where it is reached: at one of its nodes. */
  readonly origin: string;
  readonly clientId: string;
  /** An application that acts for itself. */
  readonly machine: { readonly client_id: string; readonly client_secret: string };
}

/** Makes an application, an API and people where no server runs yet: in the data directory, unless another database is told. */
export async function furnish(
  data: string,
  issuer: string,
  people: number,
  databaseUrl = `sqlite:${data}/warifu.sqlite`,
): Promise<Fixture> {
  const tenant = await openTenant({
    issuer,
    databaseUrl,
    masterKey: loadMasterKey(data),
    now: () => Date.now(),
    emit: () => undefined,
    outbound: createOutbound({ allowPrivate: true }),
  });
  const { ctx } = tenant;
  const { client } = await createClient(ctx, { name: 'Bench', app_type: 'spa', callbacks: [callback] });
  const scopes = [{ value: 'read:things' }];
  await createResourceServer(ctx, { name: 'Things', identifier: audience, scopes, allow_offline_access: true });
  for (const signing_alg of otherAlgorithms) {
    await createResourceServer(ctx, { name: signing_alg, identifier: audienceOf(signing_alg), scopes, signing_alg });
  }
  const machine = await createClient(ctx, { name: 'Machine', app_type: 'non_interactive' });
  const machineId = machine.client.client_id;
  for (const identifier of [audience, ...otherAlgorithms.map(audienceOf)]) {
    await grantClient(ctx, { client_id: machineId, audience: identifier, scope: ['read:things'] });
  }
  const passwordHash = await ctx.passwords.hash(password);
  for (let n = 0; n < people; n += 1) {
    const person = { email: `person${n}@example.com`, email_verified: true, passwordHash };
    await createDatabaseUser(ctx, { connection: 'Username-Password-Authentication', ...person });
  }
  await tenant.close();
  const client_secret = machine.client_secret as string;
  return { issuer, origin: issuer, clientId: client.client_id, machine: { client_id: machineId, client_secret } };
}

function expectStatus(response: Response, status: number): Response {
  if (response.status !== status)
    throw new Error(`Expected ${status}, got ${response.status}: ${response.body.slice(0, 300)}`);
  return response;
}

interface Pkce {
  readonly verifier: string;
  readonly path: string;
}

function authorizePath({ clientId }: Fixture, extra: Record<string, string>): Pkce {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope,
    audience,
    state: 'bench',
    nonce: 'bench',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  });
  return { verifier, path: `/authorize?${query}` };
}

function codeOf(response: Response): string {
  const code = new URL(expectStatus(response, 302).headers['location'] ?? '').searchParams.get('code');
  if (code === null) throw new Error(`No code: ${response.headers['location']}`);
  return code;
}

function redeem({ clientId }: Fixture, code: string, verifier: string): Request {
  const fields = { grant_type: 'authorization_code', client_id: clientId, redirect_uri: callback };
  const body = new URLSearchParams({ ...fields, code, code_verifier: verifier }).toString();
  return { method: 'POST', path: '/oauth/token', headers: form, body };
}

/** Signs a person in through the pages. Returns the session's cookie. */
export async function signIn(fixture: Fixture, n: number): Promise<string> {
  const connection = await Connection.open(fixture.origin, fixture.issuer);
  const jar = new Map<string, string>();
  const send = async (request: Request): Promise<Response> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await connection.send({ ...request, headers: { ...request.headers, Cookie: cookie } });
    const [pair = ''] = (response.headers['set-cookie'] ?? '').split(';');
    if (pair !== '') jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    return response;
  };
  const pathOf = (response: Response) => {
    const { pathname, search } = new URL(expectStatus(response, 303).headers['location'] ?? '', fixture.issuer);
    return pathname + search;
  };
  const first = pathOf(await send({ method: 'GET', path: authorizePath(fixture, {}).path }));
  const state = new URLSearchParams(first.split('?')[1]).get('state') ?? '';
  const post = (path: string, fields: Record<string, string>) =>
    send({ method: 'POST', path, headers: form, body: new URLSearchParams({ state, ...fields }).toString() });
  const second = pathOf(await post(first, { username: `person${n}@example.com` }));
  const resume = pathOf(await post(second, { password }));
  codeOf(await send({ method: 'GET', path: resume }));
  connection.close();
  return `warifu_session=${jar.get('warifu_session')}`;
}

/** Silent sign-in with a session, then the code for tokens: two requests a round. */
export function codeFlow(fixture: Fixture, cookie: string): Loop {
  return async (connection) => {
    const { verifier, path } = authorizePath(fixture, { prompt: 'none' });
    const code = codeOf(await connection.send({ method: 'GET', path, headers: { Cookie: cookie } }));
    expectStatus(await connection.send(redeem(fixture, code, verifier)), 200);
    return 2;
  };
}

/** The same, whose request is pushed before: three requests a round. */
export function pushedCodeFlow(fixture: Fixture, cookie: string): Loop {
  return async (connection) => {
    const { verifier, path } = authorizePath(fixture, { prompt: 'none' });
    const body = path.slice('/authorize?'.length);
    const pushed = await connection.send({ method: 'POST', path: '/oauth/par', headers: form, body });
    const { request_uri } = JSON.parse(expectStatus(pushed, 201).body);
    const query = new URLSearchParams({ client_id: fixture.clientId, request_uri });
    const request = { method: 'GET', path: `/authorize?${query}`, headers: { Cookie: cookie } } as const;
    expectStatus(await connection.send(redeem(fixture, codeOf(await connection.send(request)), verifier)), 200);
    return 3;
  };
}

/** The tokens of a silent sign-in, on a connection of its own. */
export async function tokensOf(
  fixture: Fixture,
  cookie: string,
): Promise<Record<'access_token' | 'refresh_token', string>> {
  const connection = await Connection.open(fixture.origin, fixture.issuer);
  const { verifier, path } = authorizePath(fixture, { prompt: 'none' });
  const code = codeOf(await connection.send({ method: 'GET', path, headers: { Cookie: cookie } }));
  const tokens = JSON.parse((await connection.send(redeem(fixture, code, verifier))).body);
  connection.close();
  return tokens;
}

/** A refresh token that is exchanged for the next, again and again. */
export async function refresh(fixture: Fixture, cookie: string): Promise<Loop> {
  let current = (await tokensOf(fixture, cookie)).refresh_token;
  const fields = `grant_type=refresh_token&client_id=${fixture.clientId}&refresh_token=`;
  return async (target) => {
    const request = { method: 'POST', path: '/oauth/token', headers: form, body: fields + current } as const;
    current = JSON.parse(expectStatus(await target.send(request), 200).body).refresh_token;
    return 1;
  };
}

/** One GET, again and again. */
export function get(path: string, headers: Record<string, string> = {}): Loop {
  return async (connection) => {
    expectStatus(await connection.send({ method: 'GET', path, headers }), 200);
    return 1;
  };
}

/** An access token for userinfo. */
export async function accessToken(fixture: Fixture, cookie: string): Promise<string> {
  return (await tokensOf(fixture, cookie)).access_token;
}

const tokenForItself = ({ machine }: Fixture, wanted = audience): Request => ({
  method: 'POST',
  path: '/oauth/token',
  headers: form,
  body: new URLSearchParams({ grant_type: 'client_credentials', audience: wanted, ...machine }).toString(),
});

/** An application that acts for itself, or says that it does. */
export function guess(machine: Fixture['machine']): Request {
  const body = new URLSearchParams({ grant_type: 'client_credentials', audience, ...machine }).toString();
  return { method: 'POST', path: '/oauth/token', headers: form, body };
}

/** A token for an application that acts for itself, signed with RS256 unless told. */
export function clientCredentials(fixture: Fixture, alg?: (typeof otherAlgorithms)[number]): Loop {
  const request = tokenForItself(fixture, alg && audienceOf(alg));
  return async (connection) => {
    expectStatus(await connection.send(request), 200);
    return 1;
  };
}

/** What an application asks about a token, or tells of it. */
function about({ machine }: Fixture, path: string, token: string): Request {
  return { method: 'POST', path, headers: form, body: new URLSearchParams({ ...machine, token }).toString() };
}

/** Whether a token is worth something, again and again. */
export async function introspection(fixture: Fixture): Promise<Loop> {
  const own = await Connection.open(fixture.origin, fixture.issuer);
  const { access_token } = JSON.parse(expectStatus(await own.send(tokenForItself(fixture)), 200).body);
  own.close();
  const request = about(fixture, '/oauth/introspect', access_token);
  return async (connection) => {
    const { body } = expectStatus(await connection.send(request), 200);
    if (!body.startsWith('{"active":true')) throw new Error(`The token is not active: ${body}`);
    return 1;
  };
}

/** A token that is got and given back. */
export function revocation(fixture: Fixture): Loop {
  const request = tokenForItself(fixture);
  return async (connection) => {
    const { access_token } = JSON.parse(expectStatus(await connection.send(request), 200).body);
    expectStatus(await connection.send(about(fixture, '/oauth/revoke', access_token)), 200);
    return 2;
  };
}
