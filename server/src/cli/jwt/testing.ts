// Owns how a test runs `warifu jwt`: everything it would get of a process is a value.
import type { ExitCode, Invocation } from '../command.ts';
import { jwt } from '../commands/jwt.ts';

export interface Said {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface World {
  readonly stdin?: string;
  readonly env?: Invocation['env'];
  readonly now?: number;
  readonly isTTY?: boolean;
}

/** 2026-01-01 00:00:00 UTC, in seconds. */
export const newYearSec = 1_767_225_600;

/** Runs the command with English as the language, unless the environment says otherwise. */
export async function runJwt(args: readonly string[], world: World = {}): Promise<Said> {
  const said = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    isTTY: world.isTTY,
    write: (text: string) => {
      said[name] += text;
    },
  });
  async function* stdin() {
    yield Buffer.from(world.stdin ?? '');
  }
  const code = await jwt({
    args,
    env: world.env ?? {},
    stdin: stdin(),
    stdout: output('out'),
    stderr: output('err'),
    now: () => world.now ?? newYearSec * 1000,
    fetch,
  });
  return { code, ...said };
}

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token as anybody can write it: its signature is three bytes, and nobody's. */
export function written(payload: object, header: object = { alg: 'RS256', typ: 'JWT', kid: 'one' }): string {
  return `${part(header)}.${part(payload)}.abcd`;
}
