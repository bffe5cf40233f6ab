// Owns POST /oauth/device/code: a device that has no browser begins a sign-in (RFC 8628 §3.1, §3.2).
import type { FastifyReply, FastifyRequest } from 'fastify';
import { beginRequest, pollIntervalSec } from '#domain/decoupled-requests';
import { activatePath } from '#domain/journey-paths';
import { parametersOf } from '#http/form';
import { noStore } from '#http/headers';
import { OAuthError } from '#protocol/oauth-error';
import { showUserCode } from '#protocol/user-code';
import { authenticateClient } from './client-authentication.ts';
import { readBody, requireGrant } from './decoupled-request.ts';
import { deviceCode as grant } from './grants/device-code.ts';
import { callerOf, type Edge } from './route.ts';

const lifetimeSec = 900;

export async function deviceCode(edge: Edge, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ctx } = edge;
  const form = parametersOf(request.body);
  const client = await authenticateClient(edge, request, form);
  const { client_id } = client;
  try {
    requireGrant(client, grant.name);
    const body = await readBody(ctx, request, client, form);
    const begun = await beginRequest(ctx, { kind: 'device', client_id, user_id: undefined, body, lifetimeSec });
    const user_code = showUserCode(begun.user_code as string);
    const verification_uri = `${ctx.issuer}${activatePath.slice(1)}`;
    return reply.headers(noStore).send({
      device_code: begun.secret,
      user_code,
      verification_uri,
      verification_uri_complete: `${verification_uri}?user_code=${user_code}`,
      expires_in: lifetimeSec,
      interval: pollIntervalSec,
    });
  } catch (error) {
    if (error instanceof OAuthError) {
      ctx.emit({ type: 'fdeaz', client_id, ip: callerOf(request).ip, description: error.detail ?? error.description });
    }
    throw error;
  }
}
