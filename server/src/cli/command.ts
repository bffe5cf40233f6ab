// Owns the shape of a command.

export interface Invocation {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  run(invocation: Invocation): Promise<void>;
}
