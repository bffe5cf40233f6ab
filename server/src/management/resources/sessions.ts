// Owns /api/v2/sessions: one session of whomever.
import { type AccessMetadata, endSessionById, findSessionById, keepSessionMetadata } from '#domain/account-access';
import { ApiError } from '#protocol/api-error';
import { Answer, type Call, type Endpoint, endpoint, type Resource } from '../resource.ts';
import { nullable, object, record } from '../schema.ts';

async function end({ ctx, params }: Call<{ readonly id: string }>): Promise<Answer> {
  await endSessionById(ctx, params.id);
  return new Answer(202, {});
}

const missing = () => new ApiError(404, 'The session does not exist.', 'inexistent_session');

const change = object({
  session_metadata: nullable(record({ maxProperties: 25, description: 'What applications keep with it' })),
});

const endpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/sessions/{id}',
    summary: 'Read a session',
    scopes: ['read:sessions'],
    run: async ({ ctx, params }) => {
      const session = await findSessionById(ctx, params.id);
      if (!session) throw missing();
      return session;
    },
  }),
  endpoint({
    method: 'PATCH',
    path: '/sessions/{id}',
    summary: 'Keep metadata with a session',
    scopes: ['update:sessions'],
    body: change,
    run: async ({ ctx, params, body }) => {
      const session = await keepSessionMetadata(ctx, params.id, body.session_metadata as AccessMetadata);
      if (!session) throw missing();
      return session;
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/sessions/{id}',
    summary: 'End a session',
    scopes: ['delete:sessions'],
    run: end,
  }),
  endpoint({
    method: 'POST',
    path: '/sessions/{id}/revoke',
    summary: 'End a session and all its tokens',
    scopes: ['delete:sessions', 'delete:refresh_tokens'],
    run: end,
  }),
];

export const sessions: Resource = { name: 'sessions', endpoints };
