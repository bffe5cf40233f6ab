// Owns the list of the plans that the server is examined by.
import type { Plan } from './plan.ts';
import { cibaPlans } from './plans/ciba.ts';
import { configurationPlans } from './plans/configuration.ts';
import { corePlans } from './plans/core.ts';
import { fapi1Plans } from './plans/fapi1.ts';
import { fapi2Plans } from './plans/fapi2.ts';
import { logoutPlans } from './plans/logout.ts';
import { sharedSignalsPlans } from './plans/shared-signals.ts';

export const plans: readonly Plan[] = [
  ...configurationPlans,
  ...corePlans,
  ...logoutPlans,
  ...fapi1Plans,
  ...fapi2Plans,
  ...cibaPlans,
  ...sharedSignalsPlans,
];
