// Owns the list of the journey's screens.
import type { Screen } from './screen.ts';
import { approve } from './screens/approve.ts';
import { consent } from './screens/consent.ts';
import { loginId } from './screens/login-id.ts';
import { loginPassword } from './screens/login-password.ts';
import { selectAccount } from './screens/select-account.ts';
import { signupId } from './screens/signup-id.ts';
import { signupPassword } from './screens/signup-password.ts';

export const screens: readonly Screen[] = [
  loginId,
  loginPassword,
  signupId,
  signupPassword,
  selectAccount,
  consent,
  approve,
];
