// Owns the shape of one setting.
import type { Parser } from './parsers.ts';

export interface Setting<T> {
  readonly name: string;
  readonly parse: Parser<T>;
  /** Taken when the variable is missing or empty. */
  readonly fallback?: string;
  /** What happens without a value, in words, where there is no plain default. */
  readonly otherwise?: string;
  readonly help: string;
  /** Whether the value may carry a secret, so that no message repeats it. */
  readonly confidential?: true;
}

export const row = <T>(setting: Setting<T>): Setting<T> => setting;
