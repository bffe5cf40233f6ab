// Owns POST /oauth/par: an application hands in what it will send a browser for (RFC 9126).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pushedLifetimeSec, pushRequest } from '#domain/pushed-requests';
import { parametersOf } from '#http/form';
import { noStore } from '#http/headers';
import { verifyDestination } from '#protocol/authorize-checks';
import { invalidProof } from '#protocol/dpop';
import { OAuthError } from '#protocol/oauth-error';
import type { Parameters } from '#protocol/parameters';
import { acceptRequest } from './authorize.ts';
import { recogniseClient } from './client-authentication.ts';
import { corsForClient } from './origins.ts';
import { provePossession } from './proof-of-possession.ts';
import { pushedParameters } from './requested-parameters.ts';
import { callerOf, type Edge } from './route.ts';

/** RFC 9449 §10.1: a proof binds the code as the parameter dpop_jkt does, and the two must agree. */
function boundTo(parameters: Parameters, jkt: string | undefined): Parameters {
  if (jkt === undefined) return parameters;
  if ((parameters.get('dpop_jkt') ?? jkt) !== jkt) throw invalidProof('is by another key than dpop_jkt names');
  return new Map([...parameters, ['dpop_jkt', jkt]]);
}

/** The request is judged here as it will be at /authorize, so that the application hears of it and not the person. */
export async function par(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const form = parametersOf(request.body);
  const recognised = await recogniseClient(edge, request, form);
  const { client } = recognised;
  const { client_id } = client;
  reply.headers(corsForClient(client, request.headers.origin));
  try {
    const { jkt } = await provePossession(edge, request, reply, recognised);
    const pushed = await pushedParameters(ctx, client, form);
    const requested = { ...pushed, parameters: boundTo(pushed.parameters, jkt) };
    await acceptRequest(edge, client, verifyDestination(requested.parameters, client), requested);
    const { parameters, provenance } = requested;
    const request_uri = await pushRequest(ctx, client_id, { parameters, signed: provenance.signed });
    return reply.code(201).headers(noStore).send({ request_uri, expires_in: pushedLifetimeSec });
  } catch (error) {
    if (error instanceof OAuthError) {
      const { ip } = callerOf(request);
      ctx.emit({ type: 'par_failed', client_id, ip, description: error.detail ?? error.description });
    }
    throw error;
  }
}
