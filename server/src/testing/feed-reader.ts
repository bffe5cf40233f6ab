// Owns somebody outside who judges tokens by the revocation feed alone, in the plainest words (docs/revocation-feed.md).
import { createHash } from 'node:crypto';
import { claimsOf } from './application.ts';
import type { TestTenant } from './tenant.ts';

const printOf = (text: string) => createHash('sha256').update(text).digest().subarray(0, 12).toString('base64url');

const headerOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());

export class FeedReader {
  readonly #tenant: TestTenant;
  readonly #facts = new Map<string, number>();
  #position = 0;

  constructor(tenant: TestTenant) {
    this.#tenant = tenant;
  }

  /** Reads what is new. */
  async read(): Promise<void> {
    for (let complete = false; !complete; ) {
      const { body } = await this.#tenant.app.inject({
        url: `/revocations?after=${this.#position}`,
        headers: { host: new URL(this.#tenant.ctx.issuer).host },
      });
      const page = claimsOf(body) as { position: number; complete: boolean; revoked: [string, number, number][] };
      for (const [print, , position] of page.revoked) this.#facts.set(print, position);
      ({ position: this.#position, complete } = page);
    }
  }

  /** Whether a token has been ended. */
  ends(token: string): boolean {
    const { jti, sid, azp, client_id = azp, aud } = claimsOf(token);
    const [authorization, position, person] = String(jti).split('.');
    const audiences = [aud].flat();
    const texts = [
      `token:${jti}`,
      `authorization:${authorization}`,
      `session:${sid}`,
      `client:${client_id}`,
      ...audiences.map((each) => `audience:${each}`),
      ...audiences.map((each) => `client-audience:${client_id} ${each}`),
      `user:${person}`,
      `user-client:${person} ${client_id}`,
      ...audiences.map((each) => `user-audience:${person} ${each}`),
    ];
    const made = Number.parseInt(position ?? '', 36);
    return (
      texts.some((text) => (this.#facts.get(printOf(text)) ?? -1) > made) ||
      this.#facts.has(printOf(`key:${headerOf(token).kid}`))
    );
  }
}
