// Proves how the server ends, whoever it was answering is answered and nobody keeps it, and how long it waits for bodies.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createServer } from './server.ts';

test('a request in flight is answered while the server closes, and is the last on its connection', async () => {
  const app = createServer({
    issuer: 'http://localhost:4000/',
    logger: false,
    flushed: () => undefined,
    requestId: () => 'request',
  });
  const arrived = Promise.withResolvers<void>();
  app.addHook('preParsing', async () => arrived.resolve());
  app.post('/echo', async ({ body }) => body);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const headers = { host: 'localhost:4000', 'content-type': 'application/json', connection: 'keep-alive' };
  const asking = request({ host: '127.0.0.1', port, path: '/echo', method: 'POST', headers, agent: false });
  asking.write('{"half":');
  await arrived.promise;
  const closed = app.close();
  asking.end('1}');
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  assert.equal(answer.headers.connection, 'close');
  assert.deepEqual(await answer.toArray(), [Buffer.from('{"type":"json","text":"{\\"half\\":1}"}')]);
  await closed;
});

test('who does not send a body in time is hung up on, unless it is a file', async () => {
  const app = createServer({
    issuer: 'http://localhost:4000/',
    logger: false,
    flushed: () => undefined,
    requestId: () => 'request',
    bodyWithinMs: 20,
  });
  app.post('/form', async ({ body }) => body);
  app.post('/file', { config: { longBody: true } }, async ({ body }) => body);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const headers = { host: 'localhost:4000', 'content-type': 'application/json' };
  const begin = (path: string) => {
    const asking = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent: false });
    asking.write('{"half":');
    return asking;
  };
  const file = begin('/file');
  await assert.rejects(once(begin('/form'), 'response'), { code: 'ECONNRESET' });
  file.end('1}');
  const [answer] = (await once(file, 'response')) as [IncomingMessage];
  assert.equal(answer.statusCode, 200);
  await app.close();
});

test('an answer without an end goes on for longer than a body may take', async () => {
  const app = createServer({
    issuer: 'http://localhost:4000/',
    logger: false,
    flushed: () => undefined,
    requestId: () => 'request',
    bodyWithinMs: 20,
  });
  app.get('/stream', async (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200);
    let beats = 0;
    const timer = setInterval(() => {
      beats += 1;
      if (beats <= 10) return reply.raw.write('.');
      clearInterval(timer);
      return reply.raw.end();
    }, 10);
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const asking = request({ host: '127.0.0.1', port, path: '/stream', headers: { host: 'localhost:4000' } }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  assert.equal(Buffer.concat(await answer.toArray()).toString(), '..........');
  await app.close();
});
