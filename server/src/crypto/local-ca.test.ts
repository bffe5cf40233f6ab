// Proves that a local authority's certificate serves https to those who trust it, and to nobody else.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:https';
import { type AddressInfo, isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { loadServerCertificate, type ServerCertificate } from './local-ca.ts';

const day = 24 * 60 * 60 * 1000;
const now = Date.now();
const directories: string[] = [];

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'warifu-ca-'));
  directories.push(directory);
  return directory;
}

after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** The status of an answer, over TLS verified as usual. Rejects when the server is not trusted. */
function ask(port: number, host: string, ca: string | undefined): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  // RFC 6066 §3: an address is no server name.
  const servername = isIP(host) ? '' : host;
  const options = { host: '127.0.0.1', port, headers: { host }, agent: false as const, ...(ca ? { ca } : {}) };
  const checked = isIP(host) ? { host, servername } : { servername };
  request({ ...options, ...checked }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .on('error', reject)
    .end();
  return promise;
}

async function serve<T>({ cert, key }: ServerCertificate, work: (port: number) => Promise<T>): Promise<T> {
  const server = createServer({ cert, key }, (_request, response) => void response.writeHead(204).end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('the certificate of a local authority', () => {
  test('serves the issuer, localhost and 127.0.0.1 to those who trust the authority', async () => {
    const made = await loadServerCertificate(newDirectory(), 'login.home.arpa', now);
    await serve(made, async (port) => {
      for (const host of ['login.home.arpa', 'localhost', '127.0.0.1'])
        assert.equal(await ask(port, host, made.ca), 204);
      await assert.rejects(ask(port, 'other.home.arpa', made.ca), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    });
  });

  test('is refused by those who do not', async () => {
    const made = await loadServerCertificate(newDirectory(), 'localhost', now);
    const other = await loadServerCertificate(newDirectory(), 'localhost', now);
    await serve(made, async (port) => {
      await assert.rejects(ask(port, 'localhost', undefined), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
      await assert.rejects(ask(port, 'localhost', other.ca), /certificate|signature/i);
    });
  });

  test('names both loopback addresses, and takes an issuer that is an address', async () => {
    const { cert } = await loadServerCertificate(newDirectory(), '[fd00::7]', now);
    for (const address of ['127.0.0.1', '::1', 'fd00::7'])
      assert.ok(new X509Certificate(cert).checkIP(address), address);
  });

  test('cannot sign others', async () => {
    const { ca, cert } = await loadServerCertificate(newDirectory(), 'localhost', now);
    assert.equal(new X509Certificate(ca).ca, true);
    assert.equal(new X509Certificate(cert).ca, false);
  });
});

describe('a later start', () => {
  test('finds the same certificates', async () => {
    const directory = newDirectory();
    const first = await loadServerCertificate(directory, 'localhost', now);
    assert.deepEqual(await loadServerCertificate(directory, 'localhost', now + 366 * day), first);
    assert.equal(readFileSync(first.caPath, 'utf8'), first.ca);
  });

  const renewals: [string, (directory: string) => void, string, number][] = [
    ['fewer than 30 days remain', () => undefined, 'localhost', 368],
    ['the issuer has another host', () => undefined, 'login.home.arpa', 0],
    ['the key is damaged', (directory) => writeFileSync(join(directory, 'tls', 'key.pem'), ''), 'localhost', 0],
    ['the certificate is missing', (directory) => rmSync(join(directory, 'tls', 'cert.pem')), 'localhost', 0],
  ];
  for (const [when, change, host, days] of renewals) {
    test(`renews the server's certificate, under the same authority, when ${when}`, async () => {
      const directory = newDirectory();
      const first = await loadServerCertificate(directory, 'localhost', now);
      change(directory);
      const second = await loadServerCertificate(directory, host, now + days * day);
      assert.equal(second.ca, first.ca);
      assert.notEqual(second.cert, first.cert);
      assert.ok(new X509Certificate(second.cert).verify(new X509Certificate(first.ca).publicKey));
    });
  }

  test('makes a new authority when the old one would end before what it signs', async () => {
    const directory = newDirectory();
    const first = await loadServerCertificate(directory, 'localhost', now);
    const later = now + 3300 * day;
    const second = await loadServerCertificate(directory, 'localhost', later);
    assert.notEqual(second.ca, first.ca);
    const [ca, leaf] = [new X509Certificate(second.ca), new X509Certificate(second.cert)];
    assert.ok(leaf.verify(ca.publicKey) && ca.validToDate > leaf.validToDate);
  });
});

test('keys are readable by their owner alone, even where a file was open to others', async () => {
  const directory = newDirectory();
  await loadServerCertificate(directory, 'localhost', now);
  const modeOf = (name: string) => statSync(join(directory, 'tls', name)).mode & 0o777;
  assert.deepEqual(['ca-key.pem', 'key.pem'].map(modeOf), [0o600, 0o600]);
  assert.equal(statSync(join(directory, 'tls')).mode & 0o777, 0o700);
  chmodSync(join(directory, 'tls', 'key.pem'), 0o644);
  await loadServerCertificate(directory, 'other.home.arpa', now);
  assert.equal(modeOf('key.pem'), 0o600);
});
