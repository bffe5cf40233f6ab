import assert from 'node:assert/strict';
import { PassThrough, type Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as breathe } from 'node:timers/promises';
import { ApiError } from '#protocol/api-error';
import { readUsersUpload } from './users-upload.ts';

const headers = { 'content-type': 'multipart/form-data; boundary=x' };
const file = '--x\r\ncontent-disposition: form-data; name="users"; filename="u.json"\r\n\r\n[{}]\r\n';
const field = '--x\r\ncontent-disposition: form-data; name="upsert"\r\n\r\ntrue\r\n';

const stored: string[] = [];

/** Takes as long as a database may. */
async function store(chunks: AsyncIterable<Uint8Array>) {
  let text = '';
  for await (const chunk of chunks) {
    for (let turns = 0; turns < 20; turns += 1) await breathe();
    text += Buffer.from(chunk).toString();
  }
  stored.push(text);
  return { bytes: text.length, rows: 1, fault: undefined };
}

const read = (stream: Readable) => readUsersUpload(headers, { stream, most: 1000 }, store);

test('a form whose file is stored after the request has closed is whole', async () => {
  const request = new PassThrough();
  let isClosed = false;
  request.once('close', () => {
    isClosed = true;
  });
  request.end(`${file}${field}--x--\r\n`);
  const { fields } = await read(request);
  assert.deepEqual([isClosed, stored.at(-1), fields.get('upsert')], [true, '[{}]', 'true']);
});

test('a sender that goes away in the middle brings no form', async () => {
  const request = new PassThrough();
  request.write(file);
  const reading = read(request);
  await breathe();
  request.destroy();
  await assert.rejects(reading, (error) => error instanceof ApiError && error.status === 400);
});

test('a form that ends in the middle is no form', async () => {
  const request = new PassThrough();
  request.end(file.slice(0, -4));
  await assert.rejects(read(request), (error) => error instanceof ApiError && error.status === 400);
});
