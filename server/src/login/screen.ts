// Owns the shape of a screen of the sign-in journey.
import type { Connection } from '#domain/connections';
import type { Caller, Context } from '#domain/context';
import type { ScreenName } from '#domain/journey-paths';
import type { FlowFacts, Step } from '#domain/login-flow';
import type { LoginTransaction, StoredTransaction } from '#domain/login-transactions';
import type { Html } from '#http/html';
import type { Parameters } from '#protocol/parameters';
import type { ApplicationView } from './components.ts';
import type { PageView } from './layout.ts';
import type { Problem } from './problem.ts';

/** One person at one screen: everything that showing it or acting on it may need. */
export interface Visit {
  readonly ctx: Context;
  readonly caller: Caller;
  readonly stored: StoredTransaction;
  readonly facts: FlowFacts;
  /** The database connection where the person is looked up or made. */
  readonly connection: Connection;
  readonly view: PageView & { readonly state: string; readonly application: ApplicationView };
  /** The address of another screen of the same journey. */
  readonly hrefOf: (screen: ScreenName) => string;
}

/** What a form led to. No screen names the next one: the dispatcher does, from what was stored. */
export type Outcome =
  | { readonly outcome: 'problem'; readonly problem: Problem }
  | { readonly outcome: 'advance'; readonly change: Partial<Omit<LoginTransaction, 'request'>> };

export interface Screen {
  readonly name: ScreenName;
  /** The step at which it may be shown; at any other the person is sent to the right screen. */
  readonly serves: Step['kind'];
  /** Undefined when something that it shows is missing yet, so that an earlier screen has to come first. */
  render(visit: Visit, problem?: Problem): Html | undefined;
  submit(visit: Visit, form: Parameters): Promise<Outcome>;
}

export function problem(kind: Problem): Outcome {
  return { outcome: 'problem', problem: kind };
}

export function advance(change: Partial<Omit<LoginTransaction, 'request'>>): Outcome {
  return { outcome: 'advance', change };
}
