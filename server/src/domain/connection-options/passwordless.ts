// Owns the options of sign-in by what is sent to an address or a telephone.
import { refuseRootAttributes, type StrategyOptions } from '../connection-option.ts';

export const passwordless: StrategyOptions = {
  strategies: ['email', 'sms'],
  complete: (sent) => {
    refuseRootAttributes(sent);
    return { brute_force_protection: true, ...sent };
  },
};
