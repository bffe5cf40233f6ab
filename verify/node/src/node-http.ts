// Owns the adapter for plain node:http.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { authorize, type IncomingCall, type Requirements } from './authorize.ts';
import { refusalOf } from './challenge.ts';
import type { AccessTokenClaims } from './verifier.ts';

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
