// Owns the sessions of an HTML application as @warifu/verify/session keeps them, for `npm run bench:modes`.
import { createSessions, type Sessions } from '@warifu/verify/session';
import { type Fixture, signIn } from './fixture.ts';
import { Connection } from './load.ts';
import type { Acts } from './revocation-acts.ts';

const baseUrl = 'http://localhost:4795';

const cookiesOf = (answer: Response | undefined) =>
  (answer?.headers.getSetCookie() ?? []).map((line) => line.split(';', 1)[0]).join('; ');

/** Signs somebody in who is signed in at the issuer. Returns the application's cookie. */
async function begin(sessions: Sessions, issuerCookie: string): Promise<string> {
  const begun = await sessions.handle(new Request(sessions.loginUrl()));
  const options = { redirect: 'manual', headers: { cookie: issuerCookie } } as const;
  const callback = (await fetch(begun?.headers.get('location') ?? '', options)).headers.get('location') ?? '';
  const answer = await sessions.handle(new Request(callback, { headers: { cookie: cookiesOf(begun) } }));
  if (answer?.status !== 303) throw new Error(`Nobody was signed in: ${await answer?.text()}`);
  const session = answer.headers.getSetCookie().find((line) => line.startsWith('session='));
  return session?.split(';', 1)[0] ?? '';
}

/** What a request costs, and the milliseconds from each log-out's answer until its session was over. */
export async function sealedSessions(fixture: Fixture, operator: Acts, trials: number) {
  const { client_id: clientId, client_secret: clientSecret } = await operator.application(`${baseUrl}/auth/callback`);
  const secret = 'what cookies are sealed with in this measurement';
  const sessions = createSessions({ issuer: fixture.issuer, clientId, clientSecret, baseUrl, secret });
  const connection = await Connection.open(fixture.origin, fixture.issuer);
  const untilRefused: number[] = [];
  for (let trial = 0; trial < trials; trial += 1) {
    const cookie = await signIn(fixture, trial);
    const headers = { cookie: await begin(sessions, cookie) };
    if (!(await sessions.read({ headers }))) throw new Error('There is no session.');
    await connection.send({ method: 'GET', path: '/v2/logout', headers: { Cookie: cookie } });
    const acknowledged = performance.now();
    while (await sessions.read({ headers })) await new Promise(setImmediate);
    untilRefused.push(performance.now() - acknowledged);
  }
  const headers = { cookie: await begin(sessions, await signIn(fixture, trials)) };
  connection.close();
  return { check: () => sessions.read({ headers }), untilRefused, close: () => sessions.close() };
}
