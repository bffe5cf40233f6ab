// Owns the fetching of keys and of the documents that lead to them: only from places that can be trusted, and bounded.

import { type Members, readObject } from '#protocol/json-text';
import { misused, Refused } from '../refused.ts';
import { printable } from '../terminal.ts';
import type { Session } from './session.ts';

const timeoutMs = 5000;
const maximumBytes = 1_048_576;
const maximumRedirects = 3;
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The address, if keys may come from there: nobody between may change them. */
export function trustedUrl(text: string, { texts }: Session): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.test(url.hostname));
  if (!url || !isSafe || url.username !== '' || url.password !== '') throw misused(texts.keys.address(printable(text)));
  return url;
}

async function bodyOf(response: Response, url: URL, { texts }: Session): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maximumBytes) throw misused(texts.keys.large(url.href));
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Follows what stays on the same origin. */
async function answerOf(start: URL, session: Session, signal: AbortSignal): Promise<{ response: Response; url: URL }> {
  let url = start;
  for (let redirects = 0; redirects <= maximumRedirects; redirects++) {
    const headers = { accept: 'application/json' };
    const response = await session.invocation.fetch(url, { redirect: 'manual', headers, signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null) return { response, url };
    await response.body?.cancel();
    if (!URL.canParse(location, url) || new URL(location, url).origin !== start.origin) break;
    url = new URL(location, url);
  }
  throw misused(session.texts.keys.redirected(start.href));
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (typeof cause === 'object' && cause !== null && 'code' in cause) return String(cause.code);
  return printable(cause instanceof Error ? cause.message : String(cause));
}

/** The JSON object at an address; undefined when there is none (404). Throws a sentence for everything else. */
export async function fetchObject(url: URL, session: Session): Promise<Members | undefined> {
  const { keys } = session.texts;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await answerOf(url, session, signal);
    if (!answer.response.ok) await answer.response.body?.cancel();
    if (answer.response.status === 404) return undefined;
    if (!answer.response.ok) throw misused(keys.status(url.href, answer.response.status));
    const object = readObject(await bodyOf(answer.response, url, session));
    if (typeof object === 'string') throw misused(keys.notJson(url.href));
    return object.members;
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw misused(signal.aborted ? keys.timeout(url.href, timeoutMs / 1000) : keys.failed(url.href, reasonOf(error)));
  }
}
