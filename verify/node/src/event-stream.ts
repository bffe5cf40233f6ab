// Owns the reading of server-sent events (HTML Living Standard §9.2.6), cut into pieces anywhere.

export interface StreamEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** More than this in one event is no event of ours. */
const longestEvent = 8 * 1024 * 1024;

export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];
  #id: string | undefined;
  #length = 0;
  #isFirst = true;
  /** A line that ended with CR, whose LF may come with the next piece. */
  #mayFollowLf = false;

  /** The events that are whole now. Throws for one that is too long. */
  push(piece: string): StreamEvent[] {
    let text = piece;
    if (this.#isFirst && text !== '') {
      this.#isFirst = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    if (this.#mayFollowLf && text !== '') {
      this.#mayFollowLf = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    const events: StreamEvent[] = [];
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    if (text !== '') this.#mayFollowLf = text.endsWith('\r');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.#line(line);
      if (event) events.push(event);
    }
    if (this.#length + this.#rest.length > longestEvent) throw new RangeError('An event of the feed is too long.');
    return events;
  }

  #line(line: string): StreamEvent | undefined {
    if (line === '') return this.#dispatch();
    if (line.startsWith(':')) return undefined;
    this.#length += line.length;
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return undefined;
  }

  #dispatch(): StreamEvent | undefined {
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    const isEvent = this.#data.length > 0;
    this.#event = '';
    this.#data = [];
    this.#length = 0;
    return isEvent ? event : undefined;
  }
}
