// Owns what profiles say for one kind of enterprise connection apart from the others.
import { object, optional, type Schema } from './schema.ts';

const strategies = ['pingfederate', 'ad', 'adfs', 'waad', 'google-apps', 'okta', 'oidc', 'samlp'] as const;

/** An object with an optional member for each strategy. */
export function byStrategy<T>(override: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return object(Object.fromEntries(strategies.map((strategy) => [strategy, optional(override)])), {
    description: 'By strategy',
  }) as Schema<Readonly<Record<string, T>>>;
}
