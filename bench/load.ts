// Owns the load: connections that send a request as soon as the last one was answered, written straight to sockets.
import { connect, type Socket } from 'node:net';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Response {
  readonly status: number;
  /** Names in lower case; of a repeated header the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One keep-alive connection. A generator on Node's own HTTP client would cost more than the server that it measures. */
export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer = Buffer.alloc(0);
  #resolve: ((response: Response) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', (error) => this.#reject?.(error));
    socket.on('close', () => this.#reject?.(new Error('The server closed the connection.')));
  }

  /** `name`: the address by which the server is known, where it's reached at another. */
  static async open(origin: string, name = origin): Promise<Connection> {
    const { hostname, port } = new URL(origin);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Connection(socket, new URL(name).host);
  }

  send({ method, path, headers = {}, body = '' }: Request): Promise<Response> {
    let text = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n`;
    for (const name in headers) text += `${name}: ${headers[name]}\r\n`;
    if (method !== 'GET') text += `Content-Length: ${Buffer.byteLength(body)}\r\n`;
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(`${text}\r\n${body}`);
    });
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf('\r\n\r\n');
    if (end === -1) return;
    const [statusLine = '', ...lines] = this.#received.toString('latin1', 0, end).split('\r\n');
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const length = Number(headers['content-length'] ?? 0);
    if (this.#received.length < end + 4 + length) return;
    const body = this.#received.toString('utf8', end + 4, end + 4 + length);
    this.#received = this.#received.subarray(end + 4 + length);
    this.#resolve?.({ status: Number(statusLine.slice(9, 12)), headers, body });
  }

  close(): void {
    this.#reject = undefined;
    this.#socket.destroy();
  }
}

/** What one connection does again and again. Returns how many requests it made; throws when an answer is wrong. */
export type Loop = (connection: Connection) => Promise<number>;

export interface Load {
  readonly requests: number;
  /** How often the loops came round: one whole flow each. */
  readonly rounds: number;
  readonly seconds: number;
}

/** Runs one loop on each connection for some time. The connections are opened before, and stay open. */
export async function run(connections: readonly Connection[], loops: readonly Loop[], seconds: number): Promise<Load> {
  let requests = 0;
  let rounds = 0;
  const start = performance.now();
  const until = start + seconds * 1000;
  await Promise.all(
    connections.map(async (connection, index) => {
      const loop = loops[index % loops.length] as Loop;
      while (performance.now() < until) {
        requests += await loop(connection);
        rounds += 1;
      }
    }),
  );
  return { requests, rounds, seconds: (performance.now() - start) / 1000 };
}
