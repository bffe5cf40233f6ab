// Owns the shape of how a strategy's options are completed: what an administrator needn't say.
import type { JsonObject } from '#protocol/merge-patch';
import { InvalidSetting } from './refusals.ts';

export type Options = JsonObject;

/** What options are completed for: some defaults are those of new connections alone. */
export interface Completion {
  readonly strategy: string;
  readonly isNew: boolean;
}

export interface StrategyOptions {
  /** Auth0's names of the strategies. */
  readonly strategies: readonly string[];
  /** Options as they are stored, of those that were sent. Throws InvalidSetting for what makes no sense together. */
  readonly complete: (sent: Options, about: Completion) => Options;
  /** What was derived from earlier options and stays when a change does not say it anew. */
  readonly kept?: readonly string[];
  /** Whether it is a company's own source, which has a ticket for its administrator and a button of its own. */
  readonly isEnterprise?: boolean;
  /** Whether sign-ins tell the name of its kind where no name was given to it. */
  readonly hasDisplayName?: boolean;
}

/** The scopes of the flags that are on, in the order of the options. */
export function scopesOf(options: Options, scopes: Readonly<Record<string, string>>): string[] {
  const on = Object.entries(options).filter(([name, value]) => value === true && Object.hasOwn(scopes, name));
  return on.map(([name]) => scopes[name] as string);
}

/** Throws InvalidSetting where people's profiles come from nobody but themselves. */
export function refuseRootAttributes({ set_user_root_attributes }: Options): void {
  if (set_user_root_attributes === undefined) return;
  throw new InvalidSetting(
    'options.set_user_root_attributes can be set only for enterprise connections, social connections or custom database connections (using external users store)',
  );
}
