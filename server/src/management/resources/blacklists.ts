// Owns /api/v2/blacklists: tokens that are accepted no more.
import { blacklistToken, listBlacklist } from '#domain/blacklist';
import { type Endpoint, endpoint, listing, type Resource } from '../resource.ts';
import { object, optional, text } from '../schema.ts';

const path = '/blacklists/tokens';
const scopes = ['blacklist:tokens'];
const audience = text({ minLength: 1, maxLength: 600, description: 'For whom the token was issued' });

const token = object({ aud: audience, jti: text({ minLength: 1, maxLength: 255, description: "The token's id" }) });

const endpoints: readonly Endpoint[] = [
  listing({
    path,
    summary: 'List tokens that are accepted no more',
    scopes,
    key: 'tokens',
    ways: 'offset',
    totals: 'never',
    query: { aud: optional(audience) },
    page: async ({ ctx, query }, window) => {
      const { start, limit } = window as Extract<typeof window, { by: 'offset' }>;
      return { items: await listBlacklist(ctx, query.aud, { start, limit }) };
    },
  }),
  endpoint({
    method: 'POST',
    path,
    summary: 'Accept a token no more',
    scopes,
    body: token,
    run: ({ ctx, body }) => blacklistToken(ctx, body),
  }),
];

export const blacklists: Resource = { name: 'blacklists', endpoints };
