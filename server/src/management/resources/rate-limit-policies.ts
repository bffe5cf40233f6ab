// Owns /api/v2/rate-limit-policies: how often one application may call the Authentication API.
import { records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type Collection, collection, dated } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Resource } from '../resource.ts';
import { anyOf, integer, object, oneOf, optional, text } from '../schema.ts';

interface RateLimitPolicy {
  readonly id: string;
  readonly resource: string;
  readonly consumer: string;
  readonly consumer_selector: string;
  readonly configuration: object;
}

const id = prefixed('rate-limit-policy-id', 'rlp_', 21);
const limit = integer({ minimum: 0, description: 'Requests within a minute' });
const configuration = anyOf(
  object({ action: oneOf(['allow']) }),
  object({ action: oneOf(['block', 'log']), limit }),
  object({ action: oneOf(['redirect']), limit, redirect_uri: text({ format: 'uri', maxLength: 2000 }) }),
);
const resourceName = oneOf(['oauth_authentication_api'], { description: 'What is protected' });
const consumer = oneOf(['client'], { description: 'Who is counted' });
const selector = text({ maxLength: 200, description: 'default, or which of them' });

const declaration: Collection<RateLimitPolicy> = {
  path: '/rate-limit-policies',
  noun: 'rate limit policy',
  plural: 'rate limit policies',
  scope: 'rate_limit_policies',
  records: records(
    'rate-limit-policies',
    (policy) => `${policy.resource} ${policy.consumer} ${policy.consumer_selector}`,
  ),
  create: object({ resource: resourceName, consumer, consumer_selector: selector, configuration }),
  update: object({ configuration }),
  replaced: ['configuration'],
  fresh: (_call, body) => ({ id: id.make(), ...(body as Omit<RateLimitPolicy, 'id'>) }),
  shown: dated,
  missing: () => new ApiError(404, 'Rate limit policy not found.'),
  taken: () => new ApiError(409, 'A rate limit policy for this consumer exists already.'),
  query: { resource: optional(resourceName), consumer: optional(consumer), consumer_selector: optional(selector) },
  listed: ({ body }, { query }) =>
    (['resource', 'consumer', 'consumer_selector'] as const).every(
      (name) => (query[name] ?? body[name]) === body[name],
    ),
  paging: { ways: 'checkpoint' },
};

export const rateLimitPolicies: Resource = { name: 'rate-limit-policies', endpoints: collection(declaration) };
