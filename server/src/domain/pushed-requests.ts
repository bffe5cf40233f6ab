// Owns authorization requests that applications push before they send a browser: kept, found by reference, used once.
import type { Provenance } from '#protocol/authorize-check';
import { OAuthError } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import type { Queries } from '#storage/database';
import type { Context } from './context.ts';
import { issueSingleUse, peekSingleUse, singleUsePurpose, spendSingleUse } from './single-use.ts';

interface Payload {
  readonly parameters: readonly (readonly [string, string])[];
  readonly signed: boolean;
}

const purpose = singleUsePurpose<Payload>('pushed_request');
const prefix = 'urn:ietf:params:oauth:request_uri:';

/** Auth0's: the browser is sent at once. What it begins goes on for as long as a sign-in may take. */
export const pushedLifetimeSec = 30;

/** Whether a request_uri speaks of something pushed, and not of something to be fetched. */
export function isPushedReference(requestUri: string): boolean {
  return requestUri.startsWith(prefix);
}

/** Keeps what an application asks for; returns the request_uri, which has 256 random bits (RFC 9126 §2.2). */
export async function pushRequest(
  ctx: Pick<Context, 'database' | 'now'>,
  clientId: string,
  { parameters, signed }: { readonly parameters: Parameters; readonly signed: boolean },
): Promise<string> {
  const token = await issueSingleUse(ctx, ctx.database.queries, purpose, {
    client_id: clientId,
    payload: { parameters: [...parameters], signed },
    lifetimeMs: pushedLifetimeSec * 1000,
  });
  return prefix + token;
}

export interface PushedRequest {
  readonly parameters: Parameters;
  readonly provenance: Provenance;
  /** What it is used up by. */
  readonly digest: string;
}

/**
 * What an application pushed, which stays good until a response is sent (see docs/decisions/0011). Throws
 * invalid_request_uri for one that is unknown, expired, used, or another application's: nobody learns which.
 */
export async function findPushedRequest(
  ctx: Pick<Context, 'database' | 'now'>,
  clientId: string,
  requestUri: string,
): Promise<PushedRequest> {
  const attempt = { client_id: clientId, token: requestUri.slice(prefix.length) };
  const found = await peekSingleUse(ctx, ctx.database.queries, purpose, attempt);
  if (!found) {
    throw new OAuthError(
      'invalid_request_uri',
      'The request_uri is unknown, has expired or was used. Push the request again.',
    );
  }
  const { parameters, signed } = found.payload;
  return { parameters: new Map(parameters), provenance: { pushed: true, signed }, digest: found.digest };
}

/** Uses a pushed request up, however long ago it was opened: of any number of responses exactly one is its own. */
export async function spendPushedRequest(
  ctx: Pick<Context, 'now'>,
  queries: Queries,
  digest: string,
): Promise<boolean> {
  return spendSingleUse(ctx, queries, digest);
}
