// Owns the shape of a command, and what it may touch of the world.

/** Where a command's words go. Colours are for terminals only. */
export interface Output {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

export interface Input extends AsyncIterable<string | Uint8Array> {
  readonly isTTY?: boolean | undefined;
}

export interface Invocation {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly fetch: typeof fetch;
}

/** What a command's end means to the shell: done, refused, or not understood. */
export const exitCodes = { ok: 0, refused: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export type Run = (invocation: Invocation) => Promise<ExitCode>;

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** Loaded when it is called, so that no command pays for another's imports. */
  load(): Promise<Run>;
}
