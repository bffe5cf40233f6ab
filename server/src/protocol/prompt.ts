// Owns the prompt parameter (OpenID Connect Core §3.1.2.1, Initiating User Registration §4).
import { invalidRequest } from './oauth-error.ts';

export const prompts = ['none', 'login', 'consent', 'select_account', 'create'] as const;
export type Prompt = (typeof prompts)[number];

/** Parses the space-separated values. Throws invalid_request on an unknown one, or on `none` together with another. */
export function parsePrompt(value: string | undefined): Prompt[] {
  const requested = [...new Set((value ?? '').split(' ').filter((part) => part !== ''))];
  const unknown = requested.find((part) => !prompts.includes(part as Prompt));
  if (unknown !== undefined) {
    throw invalidRequest(`Unknown prompt. Use ${prompts.join(', ')}.`);
  }
  if (requested.includes('none') && requested.length > 1) {
    throw invalidRequest('prompt=none cannot be combined with another prompt.');
  }
  if (requested.includes('create') && requested.includes('select_account')) {
    throw invalidRequest('prompt=create makes a new account, and prompt=select_account chooses one. Use one of them.');
  }
  return requested as Prompt[];
}

/** Whether a session that is there already is no answer. */
export function needsFreshSignIn(prompt: readonly Prompt[]): boolean {
  return prompt.includes('login') || prompt.includes('create');
}
