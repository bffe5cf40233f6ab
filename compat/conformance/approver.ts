// Owns the answer to a request behind the scenes: the suite calls an address, and the person decides as it says.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Person } from '../person.ts';

export class Approver {
  readonly #server: Server;
  #person: string;

  private constructor(issuer: () => string) {
    this.#person = '';
    this.#server = createServer(async (request, response) => {
      const answer = request.url?.startsWith('/allow/') ? 'accept' : 'deny';
      try {
        const end = await new Person(this.#person, answer).visit(`${issuer()}u/approvals`);
        response.end(JSON.stringify({ end: end.pathname }));
      } catch (error) {
        response.writeHead(500).end(String(error));
      }
    });
  }

  /** `issuer` is asked for when it is needed, since the server starts later. */
  static async listen(issuer: () => string): Promise<Approver> {
    const approver = new Approver(issuer);
    approver.#server.listen(0, '127.0.0.1');
    await once(approver.#server, 'listening');
    return approver;
  }

  /** Whose decisions they are from now on. */
  decideAs(email: string): void {
    this.#person = email;
  }

  /** With the suite's placeholders. */
  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/{action}/{auth_req_id}`;
  }

  close(): void {
    this.#server.close();
  }
}
