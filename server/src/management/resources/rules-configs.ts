// Owns /api/v2/rules-configs: what rules are told; the values are sealed, and only their names are listed.
import { records } from '#domain/records';
import { endpoint, listing, type Resource } from '../resource.ts';
import { object, text } from '../schema.ts';
import { sealMembers } from '../secret-members.ts';

interface RulesConfig {
  readonly key: string;
  /** Sealed. */
  readonly value: string;
}

const configs = records<RulesConfig>('rules-configs');
const path = '/rules-configs/{key}';
const params = { key: text({ pattern: '^[A-Za-z0-9_\\-@*+:]{1,127}$', description: 'Its name' }) };

export const rulesConfigs: Resource = {
  name: 'rules-configs',
  endpoints: [
    listing({
      path: '/rules-configs',
      summary: "List the names of rules' settings",
      scopes: ['read:rules_configs'],
      key: 'rules_configs',
      ways: 'none',
      totals: 'never',
      page: async ({ ctx }) => ({ items: (await configs.list(ctx)).map(({ id }) => ({ key: id })) }),
    }),
    endpoint({
      method: 'PUT',
      path,
      summary: "Set one of rules' settings",
      scopes: ['update:rules_configs'],
      params,
      body: object({ value: text({ maxLength: 20_000, description: 'What rules are told' }) }),
      run: async ({ ctx, params: { key }, body: { value } }) => {
        const config = sealMembers(ctx, { key, value }, ['value']) as unknown as RulesConfig;
        if (!(await configs.change(ctx, key, () => config))) await configs.create(ctx, key, config);
        return { key, value };
      },
    }),
    endpoint({
      method: 'DELETE',
      path,
      summary: "Delete one of rules' settings",
      scopes: ['delete:rules_configs'],
      params,
      run: async ({ ctx, params: { key } }) => {
        await configs.remove(ctx, key);
      },
    }),
  ],
};
