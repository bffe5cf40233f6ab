// Proves which ciphers both listeners take (RFC 9325 §4.2; fapi2-security-profile-final-ensure-holder-of-key-required).
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ConnectionOptions, connect, getCiphers } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { loadServerCertificate } from '#crypto/local-ca';
import { listenForCertificates, type MtlsListener } from './mtls-listener.ts';
import { createServer } from './server.ts';

const directory = mkdtempSync(join(tmpdir(), 'warifu-tls-'));
let app: FastifyInstance;
let second: MtlsListener;
const ports: Record<string, number> = {};

before(async () => {
  const tls = await loadServerCertificate(directory, 'localhost', Date.now());
  const issuer = 'https://localhost/';
  app = createServer({ issuer, logger: false, flushed: () => undefined, requestId: () => 'request', tls });
  await app.listen({ port: 0, host: '127.0.0.1' });
  second = await listenForCertificates(app, { ...tls, port: 0, host: '127.0.0.1' });
  ports['first'] = (app.server.address() as AddressInfo).port;
  ports['second'] = second.port;
});
after(async () => {
  await second.close();
  await app.close();
  rmSync(directory, { recursive: true });
});

/** The cipher that is agreed on; undefined when there is none. */
async function agreed(port: number | undefined, options: ConnectionOptions): Promise<string | undefined> {
  const socket = connect({ port: port as number, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  try {
    await once(socket, 'secureConnect');
    return socket.getCipher().name;
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

for (const listener of ['first', 'second']) {
  describe(`the ${listener} listener`, () => {
    test('takes in TLS 1.2 the recommended ciphers and no others', async () => {
      const taken: string[] = [];
      for (const name of getCiphers()) {
        if (name.startsWith('tls_')) continue;
        const cipher = await agreed(ports[listener], {
          maxVersion: 'TLSv1.2',
          ciphers: `${name.toUpperCase()}:@SECLEVEL=0`,
        });
        if (cipher !== undefined) taken.push(cipher);
      }
      // Those for RSA need a certificate of that kind.
      assert.deepEqual(taken.sort(), ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384']);
    });

    test('prefers TLS 1.3, and takes nothing before 1.2', async () => {
      assert.match((await agreed(ports[listener], {})) ?? '', /^TLS_AES_256_GCM_SHA384$/);
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
      assert.equal(await agreed(ports[listener], old), undefined);
    });
  });
}
