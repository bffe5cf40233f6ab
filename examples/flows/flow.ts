// Owns the shape of an example: what must exist before it runs, and what it is told of that.
import type { Context } from '../../server/src/domain/context.ts';

/** The environment variables that an example reads. */
export type Told = Readonly<Record<string, string>>;

export interface Flow {
  /** The file without its ending. */
  readonly name: string;
  /** What it prints when it went well. */
  readonly shows: RegExp;
  /** Makes the application, and what else the example needs, while no server runs. */
  furnish(ctx: Context): Promise<Told>;
  /** Gets what only a running server gives. */
  prepare?(told: Told): Promise<Told>;
}

export const callback = 'http://localhost:7357/callback';
export const audience = 'https://api.example.com/';
