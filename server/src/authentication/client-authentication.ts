// Owns the recognition of the application that calls an endpoint.
import type { FastifyRequest } from 'fastify';
import { verifyClientAssertion } from '#domain/client-assertions';
import { proveByAuthority, proveByRegistration } from '#domain/client-certificates';
import { findClient, secretMatches } from '#domain/clients';
import type { Client, TokenEndpointAuthMethod } from '#protocol/client';
import { invalidClient, type PresentedCredentials } from '#protocol/client-auth';
import { presentedCredentials } from '#protocol/client-auths';
import type { Parameters } from '#protocol/parameters';
import { certificateOf } from './mutual-tls.ts';
import { addressesOf, type Edge, endpointsOf } from './route.ts';

/** Uses up what works once. Throws invalid_client when it was used before. */
type Settle = () => Promise<void>;

const nothingToSettle: Settle = () => Promise.resolve();

/** Proves that the caller is the application, by one method. Throws invalid_client. */
type Proof = (
  edge: Edge,
  client: Client,
  presented: PresentedCredentials,
  request: FastifyRequest,
) => Promise<Settle | undefined>;

/** Auth0 takes the secret in the header and in the body alike, whichever of them was registered. */
const bySecret: Proof = async ({ ctx }, client, { client_secret }) => {
  if (client_secret === undefined) throw invalidClient('no secret');
  if (!secretMatches(ctx, client, client_secret)) throw invalidClient('wrong secret');
  return undefined;
};

const byAssertion =
  (method: 'client_secret_jwt' | 'private_key_jwt'): Proof =>
  async (edge, client, { client_assertion: assertion }, request) => {
    if (assertion === undefined) throw invalidClient('no assertion');
    // RFC 9126 §2: the token endpoint is meant wherever it is sent, by either of its addresses (RFC 8705 §5).
    const endpoints = [...addressesOf(edge, 'oauth/token'), ...endpointsOf(edge, request)];
    return verifyClientAssertion(edge.ctx, client, method, { assertion, endpoints });
  };

const byName: Proof = async (_edge, _client, { client_secret, client_assertion }) => {
  if (client_secret !== undefined || client_assertion !== undefined) throw invalidClient('more than a name');
  return undefined;
};

const byCertificate: Proof = async (edge, client, presented, request) => {
  await byName(edge, client, presented, request);
  const certificate = certificateOf(edge, request);
  if (!certificate) throw invalidClient('no certificate');
  if (client.token_endpoint_auth_method === 'self_signed_tls_client_auth') {
    await proveByRegistration(edge.ctx, client, certificate);
  } else proveByAuthority(edge.ctx, client, certificate, edge.mtls.authorities);
  return undefined;
};

const proofs: Readonly<Record<TokenEndpointAuthMethod, Proof>> = {
  none: byName,
  client_secret_basic: bySecret,
  client_secret_post: bySecret,
  client_secret_jwt: byAssertion('client_secret_jwt'),
  private_key_jwt: byAssertion('private_key_jwt'),
  tls_client_auth: byCertificate,
  self_signed_tls_client_auth: byCertificate,
};

export interface RecognisedClient {
  readonly client: Client;
  /** To be called before anything comes of the request. */
  readonly settle: Settle;
}

/**
 * The application that sends the request, whose assertion is not used up yet: for where more is to be proved, and a
 * request that lacked a nonce comes again with the same assertion. Throws as `authenticateClient` does.
 */
export async function recogniseClient(
  edge: Edge,
  request: FastifyRequest,
  form: Parameters,
): Promise<RecognisedClient> {
  const presented = presentedCredentials(request.headers.authorization, form);
  const client = await findClient(edge.ctx, presented.client_id);
  if (!client) throw invalidClient('unknown client');
  const settle = await proofs[client.token_endpoint_auth_method](edge, client, presented, request);
  return { client, settle: settle ?? nothingToSettle };
}

/**
 * The application that sends the request: every endpoint that applications call begins with this. What it shows must be
 * of the kind that it registered, and nothing else with it. Throws invalid_client or invalid_request (RFC 6749 §2.3,
 * §3.2.1).
 */
export async function authenticateClient(edge: Edge, request: FastifyRequest, form: Parameters): Promise<Client> {
  const { client, settle } = await recogniseClient(edge, request, form);
  await settle();
  return client;
}
