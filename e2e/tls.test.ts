// The walk over HTTPS with the local authority's certificate, where cookies have the prefix that nobody else can plant.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';
import { claimsOf } from './application.ts';
import { ann, beginWalk, signIn, type Walk } from './walk.ts';

describe('over TLS', () => {
  let walk: Walk;
  let caPath: string;
  before(async () => {
    walk = await beginWalk({ WARIFU_TLS: 'self-signed' });
    caPath = join(walk.server.data, 'tls', 'ca.pem');
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(caPath, 'utf8')]);
  });
  after(() => walk?.end());

  test('the issuer is https, and Node trusts it by NODE_EXTRA_CA_CERTS and not without', async () => {
    assert.match(walk.issuer, /^https:\/\/localhost:\d+\/$/);
    const script = `process.stdout.write((await (await fetch('${walk.issuer}.well-known/openid-configuration')).json()).issuer)`;
    const ask = (env: NodeJS.ProcessEnv) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env });
    assert.equal((await ask({ NODE_EXTRA_CA_CERTS: caPath })).stdout, walk.issuer);
    await assert.rejects(ask({}), /UNABLE_TO_VERIFY|SELF_SIGNED|self-signed|unable to verify/i);
  });

  test('a person signs in and out, by cookies that are bound to the host', async (t) => {
    const { context, page } = await walk.visitor(t, { ignoreHTTPSErrors: true });
    await page.goto(walk.shop.authorizeUrl(walk.issuer));
    await signIn(page, ann);
    assert.equal(claimsOf((await walk.shop.tokens(walk.issuer, page)).id_token)['iss'], walk.issuer);
    const ours = await context.cookies(walk.issuer);
    assert.deepEqual(ours.map(({ name }) => name).sort(), ['__Host-warifu_browser', '__Host-warifu_session']);
    for (const cookie of ours) {
      assert.deepEqual(
        { httpOnly: cookie.httpOnly, secure: cookie.secure, sameSite: cookie.sameSite, path: cookie.path },
        { httpOnly: true, secure: true, sameSite: 'Lax', path: '/' },
      );
    }
    await page.goto(`${walk.issuer}v2/logout`);
    await page.getByRole('heading', { name: 'You’re logged out' }).waitFor();
    assert.deepEqual(
      (await context.cookies(walk.issuer)).map(({ name }) => name),
      ['__Host-warifu_browser'],
    );
  });

  test('the demo application works with the SDK as it comes', async (t) => {
    const { page } = await walk.visitor(t, { ignoreHTTPSErrors: true });
    await page.goto(`${walk.issuer}demo/`);
    await page.locator('#login').click();
    await signIn(page, ann);
    await page.locator('#call-api').click();
    await page
      .locator('#api-result')
      .getByText(/HTTP 200/)
      .waitFor();
    await page.reload();
    await page.locator('#signed-in').waitFor();
  });
});
