// Owns /api/v2/guardian: which second factors there are, and when they are asked for.
import { enabledFactors, factorNames, mfaPolicies } from '#domain/guardian';
import { endpoint, type Resource } from '../resource.ts';
import { flag, list, object, oneOf } from '../schema.ts';
import { guardianEnrollments } from './guardian-enrollments.ts';
import { guardianProviders } from './guardian-providers.ts';

const read = ['read:guardian_factors'];

export const guardian: Resource = {
  name: 'guardian',
  endpoints: [
    endpoint({
      method: 'GET',
      path: '/guardian/factors',
      summary: 'List the factors',
      scopes: read,
      run: async ({ ctx }) => {
        const enabled = await enabledFactors.read(ctx);
        return factorNames.map((name) => ({ name, enabled: enabled[name] ?? false, trial_expired: false }));
      },
    }),
    endpoint({
      method: 'PUT',
      path: '/guardian/factors/{name}',
      summary: 'Switch a factor on or off',
      scopes: ['update:guardian_factors'],
      params: { name: oneOf(factorNames, { description: 'Name of the factor' }) },
      body: object({ enabled: flag({ description: 'Whether people may use it' }) }),
      run: async ({ ctx, params: { name }, body: { enabled }, change }) => {
        change.before = await enabledFactors.read(ctx);
        change.after = await enabledFactors.change(ctx, (factors) => ({ ...factors, [name]: enabled }));
        return { enabled };
      },
    }),
    endpoint({
      method: 'GET',
      path: '/guardian/policies',
      summary: 'Read when a second factor is asked for',
      scopes: ['read:mfa_policies'],
      run: async ({ ctx }) => (await mfaPolicies.read(ctx)).policies,
    }),
    endpoint({
      method: 'PUT',
      path: '/guardian/policies',
      summary: 'Set when a second factor is asked for',
      scopes: ['update:mfa_policies'],
      body: list(oneOf(['all-applications', 'confidence-score'])),
      run: async ({ ctx, body: policies, change }) => {
        change.before = await mfaPolicies.read(ctx);
        change.after = await mfaPolicies.change(ctx, () => ({ policies }));
        return policies;
      },
    }),
    ...guardianEnrollments,
    ...guardianProviders,
  ],
};
