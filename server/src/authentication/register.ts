// Owns POST /oidc/register and what is under it: applications register themselves, read, change and remove that
// (RFC 7591, RFC 7592, OpenID Connect Registration).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { jweAlgorithms, jweEncryptions } from '#crypto/jwe';
import { type AttemptLimit, addressBlock, takeAttempt } from '#domain/attempts';
import {
  type RegisteredClient,
  readRegisteredClient,
  registerClient,
  removeRegisteredClient,
  replaceRegisteredClient,
  takesRegistrations,
} from '#domain/client-registrations';
import { type InitialAccess, needsInitialAccess, readInitialAccessToken } from '#domain/initial-access-tokens';
import type { FormBody } from '#http/form';
import { noStore } from '#http/headers';
import { presentedAccessToken } from '#protocol/bearer';
import { authMethodNames } from '#protocol/client-auths';
import { type Metadata, toMetadata } from '#protocol/client-metadata';
import type { Supported } from '#protocol/client-metadata-shapes';
import { invalidMetadata } from '#protocol/client-registration';
import { type ObjectProblem, readObject } from '#protocol/json-text';
import { OAuthError } from '#protocol/oauth-error';
import { callerOf, type Edge, type Handler } from './route.ts';

/**
 * An application registers once; a flood of them would fill the database, and the pages where people choose. Changes count
 * too: each may have us ask at an address elsewhere.
 */
const registrations: AttemptLimit = { name: 'client-registration', most: 300, windowMs: 60 * 60 * 1000 };

const sentences: Record<ObjectProblem, string> = {
  notJson: 'The body is not valid JSON.',
  notObject: 'The body must be a JSON object.',
  tooDeep: 'The body is nested too deeply.',
};

/** The metadata of a request. Throws invalid_client_metadata. */
function metadataOf(body: unknown): Metadata {
  const { type, text } = (body ?? { type: 'form' }) as FormBody;
  if (type !== 'json') throw invalidMetadata('Send the metadata as JSON, with the content type application/json.');
  const read = readObject(text);
  if (typeof read === 'string') throw invalidMetadata(sentences[read]);
  const [twice] = read.duplicates;
  if (twice !== undefined)
    throw invalidMetadata(`The member ${JSON.stringify(twice.slice(0, 64))} is sent more than once.`);
  return read.members;
}

function supportedBy({ mtls }: Edge): Supported {
  return { authMethods: authMethodNames({ certificates: mtls.url !== undefined }), jweAlgorithms, jweEncryptions };
}

/** RFC 7591 §3.2.1, RFC 7592 §3. */
function informationOf({ ctx }: Edge, registered: RegisteredClient): Record<string, unknown> {
  const { client, client_secret, registration_access_token } = registered;
  const { client_id, registration } = client;
  return {
    client_id,
    client_id_issued_at: Math.floor((registration?.registered_at ?? 0) / 1000),
    ...(client_secret === undefined ? {} : { client_secret, client_secret_expires_at: 0 }),
    registration_access_token,
    registration_client_uri: `${ctx.issuer}oidc/register/${client_id}`,
    ...toMetadata(client),
  };
}

/** As if there were nothing, as long as the tenant wants none; but whoever sets it up is told why. */
const whereSwitchedOn =
  (handler: Handler): Handler =>
  async (edge, request, reply) => {
    if (await takesRegistrations(edge.ctx)) return handler(edge, request, reply.headers(noStore));
    const error_description = 'Dynamic client registration is switched off for this tenant.';
    return reply.code(404).headers(noStore).send({ error: 'not_found', error_description });
  };

async function takeRegistration({ ctx }: Edge, ip: string): Promise<void> {
  if (await takeAttempt(ctx, registrations, addressBlock(ip))) return;
  throw new OAuthError(
    'too_many_requests',
    'Too many applications were registered from this address. Try again in an hour.',
  );
}

const bearerOf = ({ headers }: FastifyRequest): string => presentedAccessToken(headers.authorization, new Map()).token;

/** By whose leave; undefined where none is needed, whatever is presented. Throws invalid_token. */
async function leaveOf({ ctx }: Edge, request: FastifyRequest): Promise<InitialAccess | undefined> {
  return (await needsInitialAccess(ctx)) ? readInitialAccessToken(ctx, bearerOf(request)) : undefined;
}

async function register(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const { ip, userAgent: user_agent } = callerOf(request);
  await takeRegistration(edge, ip);
  try {
    const leave = await leaveOf(edge, request);
    const registered = await registerClient(ctx, { metadata: metadataOf(request.body), leave }, supportedBy(edge));
    ctx.emit({ type: 'client_registered', client_id: registered.client.client_id, ip, user_agent });
    return reply.code(201).send(informationOf(edge, registered));
  } catch (error) {
    const description = error instanceof OAuthError ? error.code : 'server_error';
    ctx.emit({ type: 'client_registration_failed', ip, user_agent, description });
    throw error;
  }
}

/** Whose registration a request is about, and the token that it shows for it. */
function registrantOf(request: FastifyRequest): { readonly clientId: string; readonly token: string } {
  const { client_id: clientId } = request.params as { client_id: string };
  return { clientId, token: bearerOf(request) };
}

async function read(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { clientId, token } = registrantOf(request);
  return reply.send(informationOf(edge, await readRegisteredClient(edge.ctx, clientId, token)));
}

async function replace(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const registrant = registrantOf(request);
  await takeRegistration(edge, request.clientAddress);
  const change = { ...registrant, metadata: metadataOf(request.body) };
  const registered = await replaceRegisteredClient(edge.ctx, change, supportedBy(edge));
  edge.ctx.emit({ type: 'client_registration_changed', client_id: registrant.clientId, ip: request.clientAddress });
  return reply.send(informationOf(edge, registered));
}

async function remove({ ctx }: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { clientId, token } = registrantOf(request);
  await removeRegisteredClient(ctx, clientId, token);
  ctx.emit({ type: 'client_unregistered', client_id: clientId, ip: request.clientAddress });
  return reply.code(204).send();
}

export const registration = {
  register: whereSwitchedOn(register),
  read: whereSwitchedOn(read),
  replace: whereSwitchedOn(replace),
  remove: whereSwitchedOn(remove),
};
