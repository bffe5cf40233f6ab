// Owns /api/v2/grants: what people allowed applications to do.
import { countGrants, type GrantQuery, listGrants, removeGrant, removeGrantsOfUser } from '#domain/grants';
import { storedPage } from '../paging.ts';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { optional, text } from '../schema.ts';

const endpoints: readonly Endpoint[] = [
  listing({
    path: '/grants',
    summary: 'List what people allowed applications to do',
    scopes: ['read:grants'],
    key: 'grants',
    ways: 'offset',
    query: {
      user_id: optional(text({ maxLength: 300, description: 'Only those of a person' })),
      client_id: optional(text({ maxLength: 200, description: 'Only those of an application' })),
      audience: optional(text({ maxLength: 600, description: 'Only those about an API' })),
    },
    page: async ({ ctx, query }, window) => {
      const { user_id, client_id, audience } = query;
      const asked: GrantQuery = { user_id, client_id, audience };
      const page = await storedPage(
        {
          rows: (rows) => listGrants(ctx, asked, rows),
          count: () => countGrants(ctx, asked),
          markOf: ({ at, id }) => ({ at, id }),
        },
        window,
      );
      return { ...page, items: page.items.map(({ at, ...grant }) => grant) };
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/grants',
    summary: 'Withdraw all that a person allowed',
    scopes: ['delete:grants'],
    query: { user_id: text({ minLength: 1, maxLength: 300, description: 'The person' }) },
    run: ({ ctx, query }) => removeGrantsOfUser(ctx, query.user_id),
  }),
  endpoint({
    method: 'DELETE',
    path: '/grants/{id}',
    summary: 'Withdraw what a person allowed an application',
    scopes: ['delete:grants'],
    run: ({ ctx, params }) => removeGrant(ctx, params.id),
  }),
];

export const grants: Resource = { name: 'grants', endpoints };
