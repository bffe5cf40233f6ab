// Owns the sign-ins that have begun in a browser, each in a cookie of its own: several tabs may begin one at the same time.
import { type CookieBearer, type CookieOptions, cookiesOf, SealedCookie } from './sealed-cookie.ts';
import type { PendingSignIn } from './sign-in.ts';

/** People take their time on the issuer's pages. */
const withinSec = 3600;
/** A browser that begins more without an end has forgotten about the first. */
const mostPending = 8;
const stateForm = /^(?:again-)?[\w-]{43}$/;
const nameForm = /^(?:__Host-)?(signin\.[\w-]{16})$/;

export class PendingSignIns {
  readonly #options: CookieOptions;

  constructor(options: CookieOptions) {
    this.#options = options;
  }

  #cookie(name: string): SealedCookie {
    return new SealedCookie(name, this.#options);
  }

  #cookieOf(state: string): SealedCookie {
    return this.#cookie(`signin.${state.slice(-16)}`);
  }

  /** The headers that remember a sign-in; those of a browser that has too many are forgotten. */
  async begin(pending: PendingSignIn, bearer: CookieBearer): Promise<string[]> {
    const others = [...cookiesOf(bearer).keys()].flatMap((name) => nameForm.exec(name)?.[1] ?? []);
    const forgotten = others.length < mostPending ? [] : others.flatMap((name) => this.#cookie(name).clear(bearer));
    return [...forgotten, ...(await this.#cookieOf(pending.state).write({ ...pending }, withinSec))];
  }

  /** The sign-in that an answer of the issuer belongs to, if it began in this browser; and the headers that forget it. */
  async end(
    state: string | null,
    bearer: CookieBearer,
  ): Promise<{ readonly pending: PendingSignIn | undefined; readonly cookies: readonly string[] }> {
    if (state === null || !stateForm.test(state)) return { pending: undefined, cookies: [] };
    const cookie = this.#cookieOf(state);
    const found = (await cookie.read(bearer)) as PendingSignIn | undefined;
    return { pending: found?.state === state ? found : undefined, cookies: cookie.clear(bearer) };
  }
}
