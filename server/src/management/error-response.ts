// Owns what a refusal looks like on this surface.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PasswordQueueFull } from '#crypto/password-hash';
import { InvalidSetting, Taken } from '#domain/refusals';
import { ApiError, invalidBody } from '#protocol/api-error';
import { OAuthError } from '#protocol/oauth-error';

/** Whatever isn't a refusal is a fault of ours, and only its id is told. */
export function toApiError(error: unknown, requestId: string): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof Taken) return new ApiError(409, error.message);
  if (error instanceof InvalidSetting) return invalidBody(error.message);
  if (error instanceof PasswordQueueFull) {
    return new ApiError(503, 'The server is busy. Try again in a few seconds.', 'temporarily_unavailable');
  }
  if (error instanceof OAuthError && error.code !== 'server_error') return invalidBody(error.description);
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 413) return new ApiError(413, 'The body is too large.', 'payload_too_large');
  if (status === 415) return new ApiError(415, 'Send the body as application/json.', 'unsupported_media_type');
  if (status >= 400 && status < 500) return invalidBody('The request cannot be read.');
  return new ApiError(500, `Something went wrong here. The request id is ${requestId}.`, 'internal_error');
}

export function sendApiError(request: FastifyRequest, reply: FastifyReply, error: unknown): FastifyReply {
  const refusal = toApiError(error, request.id);
  if (refusal.status === 500) request.log.error({ err: error }, 'unexpected error');
  if (refusal.status === 503) reply.header('retry-after', '2');
  // What the sender still has on the way is read by nobody.
  if (refusal.status === 413) reply.header('connection', 'close');
  return reply.code(refusal.status).type('application/json; charset=utf-8').send(JSON.stringify(refusal.toBody()));
}
