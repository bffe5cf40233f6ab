// Owns somebody outside who judges tokens by the revocation feed alone, in the plainest words (docs/revocation-feed.md).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { createLocalJWKSet, jwtVerify } from 'jose';
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

/** What the status list says that a token refers to: 0 is VALID, 1 is INVALID (Token Status List §7.1). */
export async function statusOf({ app, ctx }: TestTenant, token: string): Promise<number> {
  const { status } = claimsOf(token) as { status: { status_list: { idx: number; uri: string } } };
  const { idx, uri } = status.status_list;
  const { host, pathname } = new URL(uri);
  const { body, headers } = await app.inject({ url: pathname, headers: { host } });
  assert.equal(headers['content-type'], 'application/statuslist+jwt', body);
  const keys = await app.inject({ url: '/.well-known/jwks.json', headers: { host } });
  const currentDate = new Date(ctx.now());
  const { payload } = await jwtVerify<{ status_list: { bits: number; lst: string } }>(
    body,
    createLocalJWKSet(keys.json()),
    { typ: 'statuslist+jwt', subject: uri, currentDate },
  );
  assert.equal(payload.status_list.bits, 1);
  const bits = inflateSync(Buffer.from(payload.status_list.lst, 'base64url'));
  return ((bits[Math.floor(idx / 8)] as number) >> (idx % 8)) & 1;
}
