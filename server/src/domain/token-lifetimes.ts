// Owns how long an access token can live that was issued until now: that long the facts that end tokens are kept.
import type { Documents } from '#storage/documents';
import type { Context } from './context.ts';
import { records, singleton } from './records.ts';

/** Of tokens that are for userinfo alone, in seconds; an API's tokens live as long unless it says otherwise. */
export const opaqueLifetimeSec = 86_400;

/** What tokens were issued with that live still, though no API has it any more. */
interface PastLifetime {
  readonly seconds: number;
  /** Epoch milliseconds. */
  readonly until: number;
}

const past = singleton<{ readonly lifetimes: readonly PastLifetime[] }>('past-token-lifetimes', { lifetimes: [] });
const apis = records<{ readonly token_lifetime: number }>('resource-servers');

/** Remembers the lifetime that an API's tokens had until now, before it is shortened. */
export async function rememberLifetime(ctx: Pick<Context, 'documents' | 'now'>, seconds: number): Promise<void> {
  const now = ctx.now();
  await past.change(ctx, ({ lifetimes }) => ({
    lifetimes: [
      ...lifetimes.filter((each) => each.until > now && each.seconds !== seconds),
      { seconds, until: now + seconds * 1000 },
    ],
  }));
}

/** The longest lifetime of any token that may be alive, kept in memory: it is needed inside of transactions. */
export class TokenLifetimes {
  readonly #ctx: { readonly documents: Documents };
  readonly #now: () => number;
  #current = opaqueLifetimeSec;
  #past: readonly PastLifetime[] = [];

  constructor(documents: Documents, now: () => number) {
    this.#ctx = { documents };
    this.#now = now;
  }

  get longestMs(): number {
    const now = this.#now();
    const lived = this.#past.filter(({ until }) => until > now).map(({ seconds }) => seconds);
    return Math.max(this.#current, ...lived) * 1000;
  }

  /** Reads them, again whenever they have changed. */
  async follow(): Promise<void> {
    this.#ctx.documents.onChange((kind) =>
      kind === 'resource-servers' || kind === 'past-token-lifetimes' ? this.#read() : undefined,
    );
    await this.#read();
  }

  async #read(): Promise<void> {
    const all = await apis.list(this.#ctx);
    this.#current = Math.max(opaqueLifetimeSec, ...all.map(({ body }) => body.token_lifetime));
    this.#past = (await past.read(this.#ctx)).lifetimes;
  }
}
