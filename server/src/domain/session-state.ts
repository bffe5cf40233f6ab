// Owns how applications notice that a browser's session changed (OpenID Connect Session Management §2, §3.2).
import { sha256 } from '#crypto/digest';
import { randomId } from '#crypto/random';
import { originOf } from '#protocol/redirect-uri';
import type { Context } from './context.ts';
import { tenantSettings } from './tenant-settings.ts';

/**
 * What scripts of ours may read of a session: made from its secret, which cannot be had back from it, and new whenever
 * that is. Another digest than the one that sessions are found by.
 */
export function browserStateOf(sessionCookie: string): string {
  return sha256(`browser-state ${sessionCookie}`);
}

/** Whether the tenant offers session management. */
export async function managesSessions(ctx: Pick<Context, 'documents'>): Promise<boolean> {
  return (await tenantSettings(ctx)).session_management === true;
}

/**
 * The `session_state` of a response: it tells the application's own origin whether the browser's state is still this
 * one. Undefined for an application that has no origin. The page at /session/check computes the same.
 */
export function sessionState(
  { client_id, redirect_uri }: { readonly client_id: string; readonly redirect_uri: string },
  browserState: string,
): string | undefined {
  const origin = originOf(redirect_uri);
  if (origin === undefined) return undefined;
  const salt = randomId();
  return `${sha256(`${client_id} ${origin} ${browserState} ${salt}`)}.${salt}`;
}
