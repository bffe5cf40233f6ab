// Owns where the parameters of an authorization request come from: the address, what was pushed, or a signed object.
import type { Context } from '#domain/context';
import { findPushedRequest, isPushedReference } from '#domain/pushed-requests';
import type { Provenance } from '#protocol/authorize-check';
import type { Client } from '#protocol/client';
import { invalidRequest, OAuthError } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';

export interface Requested {
  /** With the client_id, and without anything that points elsewhere. */
  readonly parameters: Parameters;
  readonly provenance: Provenance;
  /** The digest of the pushed request. */
  readonly pushed?: string;
}

/**
 * What is asked for, wherever it stands. Beside a pushed request only the client_id counts (RFC 9126 §4). Throws
 * invalid_request_uri and invalid_request_object.
 */
export async function requestedParameters(ctx: Context, client: Client, sent: Parameters): Promise<Requested> {
  const object = sent.get('request');
  const uri = sent.get('request_uri');
  if (object !== undefined && uri !== undefined) {
    throw invalidRequest('The request is sent by value and by reference. Send request or request_uri, not both.');
  }
  if (uri !== undefined && isPushedReference(uri)) {
    const { parameters, provenance, digest } = await findPushedRequest(ctx, client.client_id, uri);
    return { parameters, provenance, pushed: digest };
  }
  if (uri !== undefined || object !== undefined)
    throw new OAuthError('invalid_request_object', 'Request objects are not supported. Send plain parameters.');
  return { parameters: sent, provenance: { pushed: false, signed: false } };
}

/** What proves who sends the request, and isn't part of it. */
const credentials: readonly string[] = ['client_secret', 'client_assertion', 'client_assertion_type'];

/** What an authenticated application pushes. Throws invalid_request for a reference to another request (RFC 9126 §2.1). */
export async function pushedParameters(ctx: Context, client: Client, form: Parameters): Promise<Requested> {
  if (form.has('request_uri')) throw invalidRequest('A request_uri cannot be pushed. Push the request itself.');
  const sent = [...form].filter(([name]) => !credentials.includes(name));
  const named = new Map([...sent, ['client_id', client.client_id] as const]);
  const { parameters, provenance } = await requestedParameters(ctx, client, named);
  return { parameters, provenance: { ...provenance, pushed: true } };
}
