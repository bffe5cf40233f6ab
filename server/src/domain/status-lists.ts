// Owns the entries that tokens have in status lists, and what the lists say (Token Status List, draft-ietf-oauth-status-list).
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { fingerprint, type Print, printsOf } from '#crypto/fingerprint';
import { randomBelow } from '#crypto/random';
import { facts, factsAbout, parseTokenId, type RevocableToken } from '#protocol/revocation';
import type { Database } from '#storage/database';
import * as rows from '#storage/tables/status-lists';
import type { KnownFacts } from './known-facts.ts';

/** So many that one among them tells nothing, so few that a list is made in a moment. */
const entriesInList = 16_384;
/** A list is left when so many are taken, so that a free place is found at random. */
const mostTaken = entriesInList * 0.75;
const mostRemembered = 50_000;

/** Where a token's status is told: the `status_list` of its `status` claim, but for the address. */
export interface StatusEntry {
  readonly list: number;
  readonly idx: number;
}

interface Remembered extends StatusEntry {
  readonly prints: readonly Print[];
  readonly position: number;
  readonly expiresAt: number;
  /** Resolves when it is written. */
  readonly written: Promise<void>;
}

/** What an entry is for, beside what may end its tokens. */
export interface Wanted {
  readonly token: RevocableToken;
  /** Tokens with the same name share an entry, until any of them is ended. */
  readonly name: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const compress = promisify(deflate);

/**
 * An entry stands for the tokens of one authorization for one API, or of one application for one: they tell their readers
 * the same person or application anyway. So nothing is written when a token is refreshed. Once anything ends some of them,
 * those to come have another entry. Lists are this process's own to give entries of; what they say is read off the facts.
 */
export class StatusLists {
  readonly #database: Database;
  readonly #now: () => number;
  readonly #known: KnownFacts;
  readonly #entries = new Map<string, Remembered>();
  #list: Promise<number> | undefined;
  #taken = new Set<number>();

  constructor(database: Database, now: () => number, known: KnownFacts) {
    this.#database = database;
    this.#now = now;
    this.#known = known;
  }

  /** The entry of a token, which is on record when `written` resolves: the token is not to be handed out before. */
  async entryFor({ token, name, expiresAt }: Wanted): Promise<StatusEntry & { readonly written: Promise<void> }> {
    const known = this.#entries.get(name);
    if (known && known.expiresAt >= expiresAt && !this.#known.isAnyAfter(known.prints, known.position)) return known;
    const fresh = await this.#make(token, expiresAt);
    this.#entries.delete(name);
    // Oldest first.
    if (this.#entries.size >= mostRemembered) this.#entries.delete(this.#entries.keys().next().value as string);
    this.#entries.set(name, fresh);
    // What isn't on record serves nobody else.
    fresh.written.catch(() => this.#entries.delete(name));
    return fresh;
  }

  async #make(token: RevocableToken, tokenExpiresAt: number): Promise<Remembered> {
    if (this.#taken.size >= mostTaken) this.#list = undefined;
    this.#list ??= this.#begin();
    const list = await this.#list;
    const idx = this.#take();
    // A while longer, so that the next tokens find it as well.
    const expiresAt = tokenExpiresAt + (tokenExpiresAt - this.#now());
    const { position = 0 } = parseTokenId(token.jti) ?? {};
    const texts = factsAbout(token).filter((text) => text !== facts.token(token.jti));
    const fingerprints = [...texts, facts.status(list, idx)].map(fingerprint).join('');
    const row = { list, idx, fingerprints, position, expires_at: expiresAt };
    return {
      list,
      idx,
      prints: printsOf(fingerprints),
      position,
      expiresAt,
      written: rows.insert(this.#database.queries, row),
    };
  }

  async #begin(): Promise<number> {
    this.#taken = new Set();
    const begun = this.#database.transaction((queries) => rows.begin(queries, this.#now()));
    begun.catch(() => {
      this.#list = undefined;
    });
    return begun;
  }

  #take(): number {
    for (;;) {
      const idx = randomBelow(entriesInList);
      if (this.#taken.has(idx)) continue;
      this.#taken.add(idx);
      return idx;
    }
  }

  /** The bits of a list, compressed (§4.1): 1 is INVALID. Undefined for a list that is none of ours, or forgotten. */
  async bitsOf(list: number): Promise<Buffer | undefined> {
    const { queries } = this.#database;
    if (!(await rows.exists(queries, list))) return undefined;
    const bits = new Uint8Array(entriesInList / 8);
    for (const { idx, fingerprints, position } of await rows.entriesOf(queries, list, this.#now())) {
      if (this.#known.isAnyAfter(printsOf(fingerprints), position))
        bits[idx >> 3] = (bits[idx >> 3] ?? 0) | (1 << (idx & 7));
    }
    return compress(bits, { level: 9 });
  }

  /** The numbers of all lists, the oldest first. */
  async all(): Promise<readonly number[]> {
    return rows.listAll(this.#database.queries);
  }
}
