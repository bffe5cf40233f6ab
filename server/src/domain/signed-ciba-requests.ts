// Owns the opening of backchannel authentication requests that an application signed (CIBA Core §7.1.1).
import { peekJwt, verifyForeignJwt } from '#crypto/foreign-jwt';
import { type Client, isFapi, requestCredentials } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import {
  objectAlgorithms,
  objectParameters,
  requestObjectAlgorithms,
  requestObjectTypes,
} from '#protocol/request-object';
import { outsideOfObject, signedCibaFault } from '#protocol/signed-ciba-request';
import { clientKeys } from './client-keys.ts';
import type { Context } from './context.ts';
import { useOnce } from './replays.ts';

/** Whether the application has said that it signs its requests, or must. */
function mustSign(client: Client): boolean {
  const { backchannel_authentication_request_signing_alg: alg, signed_request_object } = client;
  return alg !== undefined || signed_request_object?.required === true || isFapi(client);
}

async function verified(ctx: Context, client: Client, object: string) {
  const registered = client.backchannel_authentication_request_signing_alg;
  // Never with the secret: the specification wants a signature that the application alone can have made.
  const all = objectAlgorithms(registered, isFapi(client));
  const algorithms = all.filter((alg) => requestObjectAlgorithms.includes(alg));
  const header = peekJwt(object)?.header ?? {};
  const kid = header['kid'];
  // Nothing is fetched for what is refused anyway.
  const isOffered = algorithms.includes(String(header['alg']));
  const keys = isOffered
    ? await clientKeys(
        ctx,
        { ...client, credentials: requestCredentials(client) },
        typeof kid === 'string' ? kid : undefined,
      )
    : [];
  const types = header['typ'] === undefined ? {} : { types: requestObjectTypes };
  const jwt = verifyForeignJwt(object, keys, { algorithms, ...types });
  if (!jwt) {
    throw invalidRequest(`The request must be signed by a key of the application, with ${algorithms.join(', ')}.`);
  }
  return jwt.claims;
}

/**
 * The parameters of a request, wherever they stand. A signed one holds them all, is addressed to us, and works once. Throws
 * invalid_request.
 */
export async function cibaParameters(ctx: Context, client: Client, sent: Parameters): Promise<Parameters> {
  const object = sent.get('request');
  if (object === undefined) {
    if (mustSign(client)) throw invalidRequest('This application must sign its requests: send the parameter request.');
    return sent;
  }
  const outside = outsideOfObject.find((name) => sent.has(name));
  if (outside !== undefined) throw invalidRequest(`The parameter ${outside} belongs into the signed request.`);
  const claims = await verified(ctx, client, object);
  const expected = { client_id: client.client_id, issuer: ctx.issuer, nowSec: ctx.now() / 1000 };
  const fault = signedCibaFault(claims, expected);
  if (fault !== undefined) throw invalidRequest(`The signed request ${fault}.`);
  const { jti, exp } = claims as { jti: string; exp: number };
  const id = { scope: client.client_id, id: jti };
  if (!(await useOnce(ctx, 'ciba-request', id, Math.ceil(exp * 1000)))) {
    throw invalidRequest('The signed request was used before: make a new one, with its own jti, for each.');
  }
  return objectParameters(claims, new Map([['client_id', client.client_id]]), true);
}
