// Owns the shape of the requests that the server makes to others.

export interface OutboundRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface OutboundAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Asks another server. Follows no redirect. Throws OutboundFailed. */
export type Outbound = (request: OutboundRequest) => Promise<OutboundAnswer>;

/** No answer came that can be used. The message says why, for the log. */
export class OutboundFailed extends Error {
  override name = 'OutboundFailed';
}
