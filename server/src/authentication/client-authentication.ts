// Owns the recognition of the application that calls an endpoint.
import type { FastifyRequest } from 'fastify';
import { findClient, secretMatches } from '#domain/clients';
import { type Client, isPublic } from '#protocol/client';
import { invalidClient } from '#protocol/client-auth';
import { presentedCredentials } from '#protocol/client-auths';
import type { Parameters } from '#protocol/parameters';
import type { Edge } from './route.ts';

/**
 * The application whose credentials the request presents. A public one names itself and shows nothing; one with a
 * secret shows it, in the header or in the body. Throws invalid_client or invalid_request (RFC 6749 §2.3, §3.2.1).
 */
export async function authenticateClient({ ctx }: Edge, request: FastifyRequest, form: Parameters): Promise<Client> {
  const { client_id, client_secret } = presentedCredentials(request.headers.authorization, form);
  const client = await findClient(ctx, client_id);
  if (!client) throw invalidClient('unknown client');
  if (isPublic(client)) {
    if (client_secret !== undefined) throw invalidClient('a public client sent a secret');
    return client;
  }
  if (client_secret === undefined) throw invalidClient('no secret');
  if (!secretMatches(ctx, client, client_secret)) throw invalidClient('wrong secret');
  return client;
}
