// Owns where the parameters of an authorization request come from: the address, what was pushed, or a signed object.
import type { Context } from '#domain/context';
import { findPushedRequest, isPushedReference } from '#domain/pushed-requests';
import { fetchRequestObject, readRequestObject } from '#domain/request-objects';
import type { Provenance } from '#protocol/authorize-check';
import type { Client } from '#protocol/client';
import { invalidRequest } from '#protocol/oauth-error';
import { type Parameters, refuseOverlong } from '#protocol/parameters';

export interface Requested {
  /** With the client_id, and without anything that points elsewhere. */
  readonly parameters: Parameters;
  readonly provenance: Provenance;
  /** The digest of the pushed request. */
  readonly pushed?: string;
}

/** As long as the parameters in it; its reader has a limit of its own. */
const longestObject = 32_768;

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
    const { digest, ...found } = await findPushedRequest(ctx, client.client_id, uri);
    return { ...found, pushed: digest };
  }
  const text = uri === undefined ? object : await fetchRequestObject(ctx, client, uri);
  if (text === undefined) return { parameters: sent, provenance: { pushed: false, signed: false } };
  refuseOverlong('request', text, longestObject);
  const { parameters, signed } = await readRequestObject(ctx, client, text, sent);
  return { parameters, provenance: { pushed: false, signed } };
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
