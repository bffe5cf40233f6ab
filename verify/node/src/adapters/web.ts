// Owns what the adapters for the Web's Request share.

import type { AccessTokenClaims } from '../verifier.ts';
import { authorize, type Requirements } from './authorize.ts';
import { refusalOf } from './challenge.ts';

/** The claims of a request's token, or the answer that refuses it. */
export async function authenticate(
  request: Request,
  requirements: Requirements,
): Promise<AccessTokenClaims | Response> {
  const { method, url, headers } = request;
  try {
    return await authorize({ method, url, origin: url, header: (name) => headers.get(name) }, requirements);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return Response.json(refusal.body, { status: refusal.status, headers: refusal.headers });
  }
}
