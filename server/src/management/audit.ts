// Owns which calls are recorded: every write, whether or not it succeeds, and reads that tell secrets.
import { Readable } from 'node:stream';
import type { FastifyRequest } from 'fastify';
import { type Operator, recordOperation, tellsSecrets } from '#domain/audit';
import type { Context } from '#domain/context';
import type { Answer, ApiCaller, Call, Endpoint } from './resource.ts';

export interface Answered {
  readonly caller: ApiCaller;
  readonly request: FastifyRequest;
  readonly answer: Answer;
  /** Undefined when the request was refused before it was read. */
  readonly call?: Call | undefined;
}

function operatorOf({ token, ip, userAgent }: ApiCaller): Operator {
  const { client_id, sub, jti, scope } = token;
  const user_id = sub === `${client_id}@clients` ? undefined : sub;
  return { client_id, user_id, jti, scope, ip, userAgent };
}

/** Resolves when it is on record, or when nothing has to be. */
export async function recordAnswer(
  ctx: Pick<Context, 'log'>,
  { method, summary }: Endpoint,
  { caller, request, answer, call }: Answered,
): Promise<void> {
  const [path = '/'] = request.url.split('?');
  // What is sent as a stream is the rows of a file, whose secrets were taken out before it was stored.
  const body = answer.body instanceof Readable ? undefined : answer.body;
  if (method === 'GET' && (answer.status >= 400 || !tellsSecrets(path, body))) return;
  await recordOperation(ctx, {
    description: summary,
    caller: operatorOf(caller),
    request: { method, path, query: call?.query ?? {}, body: call?.body },
    response: { statusCode: answer.status, body },
    change: call?.change,
  });
}
