// Owns the requests by which tests of the Management API make things, each of which has to succeed.
import assert from 'node:assert/strict';
import type { TestManagement } from './management.ts';

/** What stands where a secret may be. The label tells which one it was. */
export function planted(label: string): string {
  return `Planted-Secret-1-of-${label}`;
}

/** A request that was right, for others to be made from. */
export interface RightRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: whoever asks knows what it asked for
  readonly answer: any;
}

export class Settlement {
  readonly requests: RightRequest[] = [];
  readonly #api: TestManagement;

  constructor(api: TestManagement) {
    this.#api = api;
  }

  async send(method: string, path: string, body: unknown = {}): Promise<RightRequest['answer']> {
    const { status, body: answer } = await this.#api.send(method, path, body);
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    this.requests.push({ method, path, body, answer });
    return answer;
  }

  post(path: string, body: unknown = {}) {
    return this.send('POST', path, body);
  }
}
