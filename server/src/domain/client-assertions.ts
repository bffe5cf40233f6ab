// Owns the verification of client assertions: whose key made them, what they say, and that they come once.
import { peekJwt, verifyForeignJwt } from '#crypto/foreign-jwt';
import { type ReadKey, readSecret } from '#crypto/key-text';
import { authenticationCredentials, type Client, isFapi, isFapi2 } from '#protocol/client';
import {
  assertionAlgorithms,
  assertionFault,
  assertionSkewSec,
  fapiAlgorithms,
  invalidAssertion,
} from '#protocol/client-assertion';
import { invalidClient } from '#protocol/client-auth';
import { isSameAlgorithm } from '#protocol/signing-algorithm';
import { clientKeys } from './client-keys.ts';
import { acceptedSecrets } from './clients.ts';
import type { Context } from './context.ts';
import { useOnce } from './replays.ts';

type AssertionMethod = keyof typeof assertionAlgorithms;

/** The algorithms that the application may use: the one it registered, else all of its method. */
function algorithmsOf(client: Client, method: AssertionMethod): readonly string[] {
  const pinned = client.token_endpoint_auth_signing_alg;
  return assertionAlgorithms[method].filter(
    (alg) =>
      (pinned === undefined || isSameAlgorithm(pinned, alg)) && (!isFapi(client) || fapiAlgorithms.includes(alg)),
  );
}

async function keysOf(
  ctx: Context,
  client: Client,
  method: AssertionMethod,
  kid: unknown,
): Promise<readonly ReadKey[]> {
  if (method === 'private_key_jwt') {
    const holder = { ...client, credentials: authenticationCredentials(client) };
    return clientKeys(ctx, holder, typeof kid === 'string' ? kid : undefined);
  }
  return acceptedSecrets(ctx, client).map((secret) => readSecret(Buffer.from(secret)));
}

/**
 * Proves by an assertion that the caller is the application. It is used up by the function that comes back, which throws
 * invalid_client when it was before: what else is wrong with the request is said first. `endpoints` are the addresses that
 * it may name beside the issuer's; FAPI 2.0 has it addressed to the issuer alone. Throws invalid_client.
 */
export async function verifyClientAssertion(
  ctx: Context,
  client: Client,
  method: AssertionMethod,
  { assertion, endpoints }: { readonly assertion: string; readonly endpoints: readonly string[] },
): Promise<() => Promise<void>> {
  const kid = peekJwt(assertion)?.header['kid'];
  const keys = await keysOf(ctx, client, method, kid);
  const jwt = verifyForeignJwt(assertion, keys, { algorithms: algorithmsOf(client, method) });
  if (!jwt) throw invalidClient('an assertion that no key of the application made');
  const { issuer } = ctx;
  const others = [issuer.replace(/\/$/, ''), ...endpoints];
  const fault = assertionFault(jwt.claims, {
    client_id: client.client_id,
    audiences: isFapi2(client) ? [issuer] : [issuer, ...others],
    singleAudience: isFapi2(client),
    nowSec: ctx.now() / 1000,
  });
  if (fault !== undefined) throw invalidAssertion(fault);
  const { jti, exp } = jwt.claims as { jti: string; exp: number };
  const expiresAt = (exp + assertionSkewSec) * 1000;
  return async () => {
    const isFirst = await useOnce(ctx, 'client-assertion', { scope: client.client_id, id: jti }, Math.ceil(expiresAt));
    if (!isFirst) throw invalidAssertion('was used before: make a new one, with its own jti, for each request');
  };
}
