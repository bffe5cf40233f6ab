// Owns the shape of how a strategy's options are completed: what an administrator needn't say.
import type { JsonObject } from '#protocol/merge-patch';

export type Options = JsonObject;

export interface StrategyOptions {
  /** Auth0's names of the strategies. */
  readonly strategies: readonly string[];
  /** Options as they are stored, of those that were sent. Throws InvalidSetting for what makes no sense together. */
  readonly complete: (sent: Options, strategy: string) => Options;
  /** What was derived from earlier options and stays when a change does not say it anew. */
  readonly kept?: readonly string[];
  /** Whether it is a company's own source, which has a ticket for its administrator and a button of its own. */
  readonly isEnterprise?: boolean;
  /** Whether sign-ins tell the name of its kind where no name was given to it. */
  readonly hasDisplayName?: boolean;
}

/** The value where there is none, or null. */
export function otherwise(value: unknown, fallback: unknown): unknown {
  return value ?? fallback;
}

/** The scopes of the flags that are on, in the order of the options. */
export function scopesOf(options: Options, scopes: Readonly<Record<string, string>>): string[] {
  const on = Object.entries(options).filter(([name, value]) => value === true && Object.hasOwn(scopes, name));
  return on.map(([name]) => scopes[name] as string);
}
