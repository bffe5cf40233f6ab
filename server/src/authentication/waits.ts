// Owns the requests that wait for something to happen: one for each thing that is waited for, until the server stops.

export interface Waits {
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  /** Begins to wait for something; false when somebody does already, or too many wait. */
  enter(key: string): boolean;
  leave(key: string): void;
  end(): void;
}

const mostWaits = 1000;

export function createWaits(): Waits {
  const ending = new AbortController();
  const waiting = new Set<string>();
  return {
    signal: ending.signal,
    enter: (key) => {
      if (waiting.size >= mostWaits || waiting.has(key)) return false;
      waiting.add(key);
      return true;
    },
    leave: (key) => {
      waiting.delete(key);
    },
    end: () => ending.abort(),
  };
}
