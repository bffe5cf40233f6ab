// Tests that the server calls nobody on its own network unless it was told so, and that no answer keeps it busy.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { OutboundFailed } from '#protocol/outbound';
import { createOutbound, isPublicAddress } from './outbound.ts';

const outward = createOutbound({ allowPrivate: false });
const anywhere = createOutbound({ allowPrivate: true });

async function withServer(listener: RequestListener, work: (url: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const failure = (pattern: RegExp) => (error: unknown) => error instanceof OutboundFailed && pattern.test(error.message);

test('addresses of the own machine, its network and the cloud around it are not public', () => {
  for (const address of [
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['0.0.0.0', '224.0.0.1', '255.255.255.255', '::1', '::', 'fe80::1', 'fd00::1', '::ffff:127.0.0.1', 'ff02::1'],
    ...['64:ff9b::7f00:1', '2002:7f00:1::', 'localhost', '', '1'],
  ]) {
    assert.equal(isPublicAddress(address), false, address);
  }
  for (const address of ['8.8.8.8', '172.32.0.1', '2606:4700::1111'])
    assert.equal(isPublicAddress(address), true, address);
});

test('by default nothing but https on the public Internet is asked, however the address is written', async () => {
  for (const url of [
    ...['http://example.com/', 'https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/', 'https://0x7f.1/'],
    ...['https://169.254.169.254/latest/meta-data', 'https://[::ffff:10.0.0.1]/', 'ftp://example.com/', 'x', ''],
    ...['https://user:password@example.com/', 'file:///etc/passwd'],
  ]) {
    await assert.rejects(outward({ url }), failure(/address|host/), url);
  }
});

test('a name that leads to the own machine is refused when it is connected to, whatever it said before', async () => {
  await assert.rejects(outward({ url: 'https://localhost:1/' }), failure(/not on the public Internet/));
});

test('an answer is given with its status, headers and body; what is posted arrives', async () => {
  const echo: RequestListener = async (request, response) => {
    const chunks = await request.toArray();
    response.writeHead(201, { 'x-method': request.method, 'content-type': request.headers['content-type'] });
    response.end(Buffer.concat(chunks));
  };
  await withServer(echo, async (url) => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await anywhere({ url, method: 'POST', headers, body: '割符' });
    assert.deepEqual([answer.status, answer.body, answer.headers['x-method']], [201, '割符', 'POST']);
  });
});

test('a redirect is an answer like another, and not followed', async () => {
  let hits = 0;
  const listener: RequestListener = (_request, response) => {
    hits += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  };
  await withServer(listener, async (url) => {
    assert.equal((await anywhere({ url })).status, 302);
    assert.equal(hits, 1);
  });
});

test('J12: an answer without end is cut off at a mebibyte', async () => {
  const endless: RequestListener = (_request, response) => {
    const chunk = Buffer.alloc(65_536, 'x');
    const pour = () => {
      while (!response.destroyed && response.write(chunk));
      if (!response.destroyed) response.once('drain', pour);
    };
    pour();
  };
  await withServer(endless, async (url) => {
    await assert.rejects(anywhere({ url }), failure(/longer than/));
  });
});

test('a server that isn’t there is a failure, not a fault', async () => {
  await assert.rejects(anywhere({ url: 'http://127.0.0.1:1/' }), failure(/ECONNREFUSED/));
});
