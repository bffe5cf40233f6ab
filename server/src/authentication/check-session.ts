// Owns GET /session/check: the page that applications frame to ask whether the session changed (OpenID Connect Session
// Management §3.2, §3.3).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '#crypto/random';
import { managesSessions } from '#domain/session-state';
import { pageHeaders } from '#http/headers';
import { type Html, html } from '#http/html';
import type { Edge } from './route.ts';

/** Whoever asks is told about their own origin alone: what they ask with is worth nothing to another. */
const script = `
const cookie = document.body.dataset.cookie + '=';
const browserState = () => {
  const found = document.cookie.split('; ').filter((pair) => pair.startsWith(cookie));
  return found.length === 1 ? found[0].slice(cookie.length) : '';
};
const question = /^([^ ]{1,200}) ([A-Za-z0-9_-]{43})\\.([A-Za-z0-9_-]{1,64})$/;
const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace('=', '');
async function answer(data, origin) {
  const asked = typeof data === 'string' && question.exec(data);
  if (!asked) return 'error';
  const [, clientId, told, salt] = asked;
  const text = [clientId, origin, browserState(), salt].join(' ');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return base64url(new Uint8Array(digest)) === told ? 'unchanged' : 'changed';
}
addEventListener('message', async ({ data, origin, source }) => {
  if (source && origin.startsWith('http')) source.postMessage(await answer(data, origin), origin);
});
`;

function page(cookieName: string, nonce: string): Html {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>…</title></head>
<body data-cookie="${cookieName}">
<script nonce="${nonce}">${{ html: script }}</script>
</body></html>
`;
}

export async function checkSession(
  { ctx, cookies }: Edge,
  _request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!(await managesSessions(ctx))) {
    reply.callNotFound();
    return reply;
  }
  const nonce = randomId();
  // Applications on any origin may frame it: it shows nothing, and takes nothing that could be clicked.
  reply.headers(pageHeaders({ nonce, frameAncestors: ['*'], keepOpener: true }));
  return reply.send(page(cookies.fullName('session_state'), nonce).html);
}
