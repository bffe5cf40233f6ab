// Owns GET /revocations/stream: the revocation feed as server-sent events (docs/revocation-feed.md).
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '#domain/context';
import type { FeedPage } from '#domain/revocation-feed';
import { queryOf } from '#http/form';
import { noStore } from '#http/headers';
import { OAuthError } from '#protocol/oauth-error';
import { toldFacts } from './revocation-feed.ts';
import { admitReader, positionFrom } from './revocation-readers.ts';
import type { Handler } from './route.ts';

const heartbeatEveryMs = 1000;
/** Who reads so slowly is let go, and comes back for what it missed. */
const mostUnread = 1024 * 1024;

const texts = new WeakMap<FeedPage, string>();

/** The event of a page: made once for all who follow. */
function eventOf(page: FeedPage): string {
  const known = texts.get(page);
  if (known !== undefined) return known;
  const { position, facts } = page;
  const data = JSON.stringify({ position, revoked: toldFacts(facts) });
  const text = `id: ${position}\nevent: revoked\ndata: ${data}\n\n`;
  texts.set(page, text);
  return text;
}

/** One reader: first what it missed, then what comes. */
class Follower {
  readonly #ctx: Context;
  readonly #raw: ServerResponse;
  #position: number;
  #isCaughtUp = false;
  #heartbeatAt = 0;

  constructor(ctx: Context, raw: ServerResponse, position: number) {
    this.#ctx = ctx;
    this.#raw = raw;
    this.#position = position;
  }

  async follow(): Promise<void> {
    const { revocations } = this.#ctx;
    const stop = revocations.subscribe((page) => this.#hear(page));
    this.#raw.once('close', stop);
    // What this node hears of while a page is read is on the next one.
    do {
      const page = await revocations.page(this.#position);
      this.#tell(page);
      this.#isCaughtUp = page.complete && revocations.position <= this.#position;
    } while (!this.#isCaughtUp && !this.#raw.destroyed);
    this.#beat();
  }

  #hear(page: FeedPage): void {
    if (!this.#isCaughtUp) return;
    this.#tell(page);
    if (page.complete && performance.now() - this.#heartbeatAt >= heartbeatEveryMs) this.#beat();
  }

  #tell(page: FeedPage): void {
    if (page.position <= this.#position) return;
    this.#position = page.position;
    if (page.facts.length > 0) this.#write(eventOf(page));
  }

  #beat(): void {
    this.#heartbeatAt = performance.now();
    const data = JSON.stringify({ position: this.#position, now: this.#ctx.now() });
    this.#write(`event: heartbeat\ndata: ${data}\n\n`);
  }

  #write(text: string): void {
    if (this.#raw.destroyed) return;
    this.#raw.write(text);
    if (this.#raw.writableLength > mostUnread) this.#raw.destroy();
  }
}

/** Where somebody goes on: what their browser or client remembers wins over what they first asked for. */
function startOf({ headers, url }: FastifyRequest): number {
  const remembered = headers['last-event-id'];
  return positionFrom(typeof remembered === 'string' ? remembered : queryOf(url).get('after'));
}

function open(reply: FastifyReply): ServerResponse {
  for (const [name, value] of Object.entries(noStore)) reply.header(name, value);
  // nginx hands on each event as it comes.
  reply.header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8');
  reply.hijack();
  reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  reply.raw.write('retry: 1000\n\n');
  return reply.raw;
}

export const revocationStream: Handler = async (edge, request, reply) => {
  await admitReader(edge, request);
  const position = startOf(request);
  if (!edge.feed.admit(request, reply)) {
    throw new OAuthError('temporarily_unavailable', 'Too many streams are open. Read the pages, or try again soon.');
  }
  const raw = open(reply);
  // A database that fails now fails the stream: its reader comes back.
  new Follower(edge.ctx, raw, position).follow().catch(() => raw.destroy());
  return reply;
};
