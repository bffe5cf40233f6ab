// Tests that the READMEs' code runs, in both languages: each block as it stands, with what it says it is given.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, test } from 'node:test';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { createSessions } from './session/sessions.ts';
import { createVerifier } from './verifier.ts';

const issuer = 'https://login.example.com/';
const application = { issuer, clientId: 'application', clientSecret: 'secret', secret: 'x'.repeat(32) };
const options = { ...application, baseUrl: 'https://app.example.com' };

/** What blocks speak of that they don't make themselves. None asks an issuer: the token is none, and the request has no cookie. */
const given = {
  ...application,
  options,
  sessions: createSessions(options),
  verifier: createVerifier({ issuer, audience: 'https://api.example.com/' }),
  token: 'no token',
  request: new Request('https://app.example.com/things'),
  createServer,
  console: { log: () => undefined },
};
/** `app`, by what a block's comment says. */
const apps: Readonly<Record<string, () => unknown>> = { Express: express, Fastify: fastify, Hono: () => new Hono() };

const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as FunctionConstructor;

function blocksOf(document: string): string[] {
  const text = readFileSync(new URL(`../${document}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```js\n(.*?)```/gs)].map(([, block = '']) => block);
}

/** A module's text as that of a function, with what it exports given back. */
function asFunction(block: string): string {
  const exported: string[] = [];
  const body = block
    .replaceAll(/^import (\{.*?\}) from ('.*?');$/gm, 'const $1 = await import($2);')
    .replaceAll(/^export default async function (\w+)/gm, (_all, name) => {
      exported.push(name);
      return `async function ${name}`;
    })
    .replaceAll(/^export const (\w+)/gm, (_all, name) => {
      exported.push(name);
      return `const ${name}`;
    });
  return `${body}\nreturn { ${exported.join(', ')} };`;
}

async function run(block: string): Promise<Record<string, (request: Request) => Promise<Response>>> {
  const [, framework = ''] = /^\/\/ (\w+)/.exec(block) ?? [];
  const values: Record<string, unknown> = { ...given, app: apps[framework]?.() };
  const names = Object.keys(values).filter((name) => !new RegExp(`const ${name} =`).test(block));
  const make = new AsyncFunction(...names, asFunction(block));
  return (await make(...names.map((name) => values[name]))) as never;
}

for (const document of ['README.md', 'README.ja.md']) {
  describe(document, () => {
    const blocks = blocksOf(document);

    for (const [at, block] of blocks.entries()) {
      const [title = ''] = block.split('\n');
      test(`block ${at + 1} runs: ${title}`, async () => {
        await run(block);
      });
    }

    test('the handlers that it exports answer', async () => {
      const exporting = blocks.filter((block) => block.includes('export '));
      assert.equal(exporting.length, 3);
      for (const block of exporting) {
        const { GET, handle } = await run(block);
        const answer = await (GET ?? handle)?.(new Request('https://app.example.com/things'));
        assert.ok(answer === undefined || [302, 401].includes(answer.status), block);
      }
    });
  });
}
