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
  approve: '/u/approve',
} as const;

export type ScreenName = keyof typeof screenPaths;

/** Where a journey goes on when no screen is left. */
const resumePath = '/authorize/resume';

/** Where the code is typed that a device shows (RFC 8628 §3.3); Auth0's path. */
export const activatePath = '/activate';

/** Where a request that was made elsewhere ends for its person. */
export const approvedPath = '/u/approved';
export const deniedPath = '/u/denied';

/** What waits for the person who is signed in, and where one such request is opened. */
export const approvalsPath = '/u/approvals';
export const reviewPath = '/u/approvals/review';

/** The address that a person is told of. */
export function reviewAddress(issuer: string, requestId: string): string {
  return `${issuer}${reviewPath.slice(1)}?request=${requestId}`;
}

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
