// Owns /api/v2/users-by-email: the people with exactly this address.
import { findAccountsByEmail } from '#domain/account-search';
import { listing, type Resource } from '../resource.ts';
import { text } from '../schema.ts';

export const usersByEmail: Resource = {
  name: 'users-by-email',
  endpoints: [
    listing({
      path: '/users-by-email',
      summary: 'List the people with an e-mail address',
      scopes: ['read:users'],
      key: 'users',
      ways: 'none',
      totals: 'never',
      fields: true,
      query: { email: text({ minLength: 1, maxLength: 320, description: 'E-mail address' }) },
      page: async ({ ctx, query }) => ({ items: await findAccountsByEmail(ctx, query.email) }),
    }),
  ],
};
