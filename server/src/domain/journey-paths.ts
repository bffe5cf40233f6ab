// Owns the addresses of the journey's pages. Surfaces hand a person over by address, never by a call.

import type { Step } from './login-flow.ts';
import type { LoginTransaction } from './login-transactions.ts';

/** Auth0's names and paths of the screens. */
export const screenPaths = {
  'login-id': '/u/login/identifier',
  'login-password': '/u/login/password',
  'signup-id': '/u/signup/identifier',
  'signup-password': '/u/signup/password',
  'select-account': '/u/select-account',
  consent: '/u/consent',
} as const;

export type ScreenName = keyof typeof screenPaths;

/** Where a journey goes on when no screen is left. */
const resumePath = '/authorize/resume';

/** Where a log-out is confirmed, and where it has happened. */
export const logoutPath = '/u/logout';
export const loggedOutPath = '/u/logged-out';

function authenticationScreen({ mode, identifier }: LoginTransaction): ScreenName {
  if (mode === 'signup') return identifier === undefined ? 'signup-id' : 'signup-password';
  return identifier === undefined ? 'login-id' : 'login-password';
}

/** The path and query of the page where a step takes place. */
export function stepAddress(step: Pick<Step, 'kind'>, transaction: LoginTransaction, id: string): string {
  const screen = step.kind === 'authenticate' ? authenticationScreen(transaction) : step.kind;
  const path = screen === 'complete' || screen === 'refuse' ? resumePath : screenPaths[screen];
  return `${path}?state=${id}`;
}
