// Owns the opening of request objects: fetched where they are registered, decrypted, verified, and read.
import { peekJwt, verifyForeignJwt } from '#crypto/foreign-jwt';
import { decryptJwe } from '#crypto/jwe';
import { type ReadKey, readSecret } from '#crypto/key-text';
import { type Client, isFapi, requestCredentials } from '#protocol/client';
import type { Members } from '#protocol/json-text';
import { OAuthError } from '#protocol/oauth-error';
import { OutboundFailed } from '#protocol/outbound';
import type { Parameters } from '#protocol/parameters';
import {
  invalidObject,
  objectAlgorithms,
  objectFault,
  objectParameters,
  requestObjectSecretAlgorithms,
  requestObjectType,
  requestObjectTypes,
} from '#protocol/request-object';
import { clientKeys } from './client-keys.ts';
import { acceptedSecrets } from './clients.ts';
import type { Context } from './context.ts';
import { decryptionKeys } from './encryption-keys.ts';

interface Verified {
  readonly header: Members;
  readonly claims: Members;
  readonly signed: boolean;
}

/** What is inside, where it is encrypted for us; it must be signed then, or at least look like it (RFC 9101 §6.1). */
async function decrypted(ctx: Context, client: Client, object: string): Promise<string> {
  if (object.split('.').length !== 5) return object;
  const { request_object_encryption_alg: registered } = client;
  const keys = (await decryptionKeys(ctx)).filter(({ alg }) => registered === undefined || registered === alg);
  const inner = await decryptJwe(object, keys);
  if (inner === undefined)
    throw invalidObject('cannot be decrypted with a key of ours, which the JWKS has for use=enc');
  return inner;
}

async function keysFor(ctx: Context, client: Client, { alg, kid }: Members): Promise<readonly ReadKey[]> {
  if (requestObjectSecretAlgorithms.some((name) => name === alg)) {
    return acceptedSecrets(ctx, client).map((secret) => readSecret(Buffer.from(secret)));
  }
  const holder = { ...client, credentials: requestCredentials(client) };
  return clientKeys(ctx, holder, typeof kid === 'string' ? kid : undefined);
}

async function verified(ctx: Context, client: Client, object: string): Promise<Verified> {
  const peeked = peekJwt(object);
  if (!peeked) throw invalidObject('is no JWT');
  const { header } = peeked;
  const { request_object_signing_alg: registered } = client;
  if (header['alg'] === 'none' && registered === 'none' && object.endsWith('.')) return { ...peeked, signed: false };
  const algorithms = objectAlgorithms(registered, isFapi(client));
  const expectation = { algorithms, ...(header['typ'] === undefined ? {} : { types: requestObjectTypes }) };
  // Nothing is fetched for what is refused anyway.
  const keys = algorithms.some((name) => name === header['alg']) ? await keysFor(ctx, client, header) : [];
  const jwt = verifyForeignJwt(object, keys, expectation);
  if (!jwt) throw invalidObject(`must be signed by a key of the application, with ${algorithms.join(', ')}`);
  return { ...jwt, signed: true };
}

export interface RequestObject {
  readonly parameters: Parameters;
  readonly signed: boolean;
}

/** The parameters of a request that came as an object, beside which `sent` was sent. Throws invalid_request_object. */
export async function readRequestObject(
  ctx: Context,
  client: Client,
  object: string,
  sent: Parameters,
): Promise<RequestObject> {
  const { header, claims, signed } = await verified(ctx, client, await decrypted(ctx, client, object));
  const { client_id } = client;
  const expected = { client_id, issuer: ctx.issuer, isFapi: isFapi(client), nowSec: ctx.now() / 1000 };
  const fault = objectFault(claims, expected);
  if (fault !== undefined) throw invalidObject(fault);
  const { typ } = header;
  const isOwnType = typeof typ === 'string' && typ.toLowerCase().endsWith(requestObjectType);
  const isStrict = isOwnType || client.signed_request_object?.required === true || isFapi(client);
  return { parameters: objectParameters(claims, sent, isStrict), signed };
}

const withoutFragment = (uri: string) => uri.split('#', 1)[0] as string;
const contentType = /^(?:application\/(?:oauth-authz-req\+jwt|jwt|jose)|text\/plain)\s*(?:;|$)/i;

function invalidUri(sentence: string, detail?: string): OAuthError {
  return new OAuthError('invalid_request_uri', sentence, detail);
}

/**
 * Fetches a request object from an address that the application registered, character by character; its fragment, which
 * names a version, aside (OpenID Connect Core §6.2). Throws invalid_request_uri.
 */
export async function fetchRequestObject(ctx: Pick<Context, 'outbound'>, client: Client, uri: string): Promise<string> {
  const url = withoutFragment(uri);
  if (!(client.request_uris ?? []).map(withoutFragment).includes(url)) {
    throw invalidUri('The request_uri is none that this application has registered.');
  }
  try {
    const headers = { accept: `application/${requestObjectType}, application/jwt, text/plain` };
    const answer = await ctx.outbound({ url, headers });
    if (answer.status === 200 && contentType.test(answer.headers['content-type'] ?? '')) return answer.body.trim();
    throw new OutboundFailed(`status ${answer.status}, ${answer.headers['content-type']}`);
  } catch (error) {
    if (!(error instanceof OutboundFailed)) throw error;
    throw invalidUri('No request object could be fetched from the request_uri.', error.message);
  }
}
