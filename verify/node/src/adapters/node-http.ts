// Owns the adapter for plain node:http.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SessionRequest, Sessions } from '../session/sessions.ts';
import type { AccessTokenClaims } from '../verifier.ts';
import { authorize, type IncomingCall, type Requirements } from './authorize.ts';
import { refusalOf } from './challenge.ts';

/** A header as it came: Node keeps only the first of several. */
function headerOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  return rawHeaders.filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
}

/** A request of node:http, and of what is built upon it. */
export function callOf(request: IncomingMessage, url = request.url ?? '/'): IncomingCall {
  const scheme = 'encrypted' in request.socket ? 'https' : 'http';
  return {
    method: request.method ?? 'GET',
    url,
    origin: `${scheme}://${request.headers.host ?? 'localhost'}`,
    header: (name) => headerOf(request, name),
  };
}

/**
 * The claims of a request's token; undefined when the request was refused, and answered.
 *
 *     const claims = await authenticate(request, response, { verifier });
 *     if (!claims) return;
 *
 * `url`: the address that was called, where a router has taken a part of it away.
 */
export async function authenticate(
  request: IncomingMessage,
  response: ServerResponse,
  requirements: Requirements,
  url = request.url,
): Promise<AccessTokenClaims | undefined> {
  try {
    return await authorize(callOf(request, url), requirements);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    response.writeHead(refusal.status, { ...refusal.headers, 'content-type': 'application/json' });
    response.end(JSON.stringify(refusal.body));
    return undefined;
  }
}

/** A logout token has a few hundred bytes. */
const longestBody = 64 * 1024;

/** What a framework may have read of a request already. */
type Received = IncomingMessage & { readonly body?: unknown; readonly originalUrl?: string };

async function textOf(request: Received): Promise<string> {
  const { body } = request;
  if (typeof body === 'object' && body !== null) return new URLSearchParams(body as Record<string, string>).toString();
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > longestBody) return '';
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces).toString();
}

function sessionRequest(request: Received): SessionRequest {
  const { method, origin, url } = callOf(request, request.originalUrl ?? request.url);
  const { headers } = request;
  return {
    method,
    url: new URL(url, origin).href,
    headers: { get: (name) => [headers[name] ?? null].flat().join(', ') || null },
    text: () => textOf(request),
  };
}

/**
 * Answers the sign-in's own addresses: true when the request was one of them.
 *
 *     if (await handleSession(request, response, sessions)) return;
 *     const session = await sessions.read(request);
 */
export async function handleSession(
  request: IncomingMessage,
  response: ServerResponse,
  sessions: Pick<Sessions, 'handle'>,
): Promise<boolean> {
  const answer = await sessions.handle(sessionRequest(request));
  if (!answer) return false;
  const cookies = answer.headers.getSetCookie();
  const headers = { ...Object.fromEntries(answer.headers), ...(cookies.length > 0 ? { 'set-cookie': cookies } : {}) };
  response.writeHead(answer.status, headers);
  response.end(await answer.text());
  return true;
}
