// Owns the shape of a journey's end: all that is known when nothing is left to ask.
import type { Caller } from '#domain/context';
import type { FlowFacts, Step } from '#domain/login-flow';
import type { LoginTransaction } from '#domain/login-transactions';

export interface Ending {
  readonly step: Extract<Step, { kind: 'complete' | 'refuse' }>;
  readonly transaction: LoginTransaction;
  readonly facts: FlowFacts;
  /** Undefined when nothing was stored. */
  readonly id: string | undefined;
  readonly caller: Caller;
}
