// Owns /api/v2/rules: Auth0's old scripts, kept for those who move from it.
import { type Document, records } from '#domain/records';
import { ApiError } from '#protocol/api-error';
import { type Collection, collection } from '../collection.ts';
import { prefixed } from '../ids.ts';
import type { Call, Resource } from '../resource.ts';
import { flag, integer, object, optional, patchOf, text } from '../schema.ts';

interface Rule {
  readonly id: string;
  readonly enabled: boolean;
  readonly script: string;
  readonly name: string;
  readonly order: number;
  readonly stage: string;
}

const id = prefixed('rule-id', 'rul_', 16);
const rulesRecords = records<Rule>('rules', (rule) => rule.name);

const create = object({
  name: text({ minLength: 1, maxLength: 255, description: 'Name of the rule' }),
  script: text({ minLength: 1, maxLength: 100_000, description: 'JavaScript' }),
  order: optional(integer({ minimum: 0, description: 'Lower ones run first' })),
  enabled: optional(flag({ description: 'Whether it runs' })),
});

/** After all that are there. */
async function nextOrder({ ctx }: Call): Promise<number> {
  const all = await rulesRecords.list(ctx);
  return Math.max(0, ...all.map(({ body }) => body.order)) + 1;
}

const declaration: Collection<Rule> = {
  path: '/rules',
  noun: 'rule',
  scope: 'rules',
  records: rulesRecords,
  create,
  update: patchOf(create),
  fresh: async (call, body) => ({
    id: id.make(),
    enabled: true,
    order: await nextOrder(call),
    ...(body as { name: string; script: string }),
    stage: 'login_success',
  }),
  missing: () => new ApiError(404, 'The rule does not exist', 'inexistent_rule'),
  taken: ({ name }) => new ApiError(409, `A rule with the same name already exists: ${name}`),
  query: { enabled: optional(flag({ description: 'Only those that run, or that do not' })) },
  listed: ({ body }: Document<Rule>, { query }) => (query.enabled ?? body.enabled) === body.enabled,
  fields: true,
};

export const rules: Resource = { name: 'rules', endpoints: collection(declaration) };
