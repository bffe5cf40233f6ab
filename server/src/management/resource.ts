// Owns the shape of a resource: the endpoints under one name of the Management API, each with what it needs and gives.
//
// A resource is one file in `resources/`. Most are a `collection()` of documents, which makes the usual five endpoints from
// a declaration; what is peculiar to a resource is written as `endpoint()` or `listing()`. No endpoint reads a header, judges
// a scope, pages, or selects fields by itself: `respond.ts` does that once for all, in that order.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { PresentedToken } from '#domain/access-tokens';
import type { Caller, Context } from '#domain/context';
import type { AnswerShape } from './answers.ts';
import type { Page, PagingRules, Window } from './paging.ts';
import type { ObjectOf, Schema } from './schema.ts';

/** Who calls: the application of the access token, and the person if it acts for one. */
export interface ApiCaller extends Caller {
  readonly token: PresentedToken;
  /** Whether the token allows it; who may not is refused by the endpoint's own scopes already. */
  may(scope: string): boolean;
}

/** A body as it arrives. */
export interface Upload {
  readonly stream: Readable;
  /** Bytes that the endpoint takes of a file. */
  readonly most: number;
}

// biome-ignore lint/suspicious/noExplicitAny: the table of endpoints holds those of every shape
type AnyMembers = any;

export interface Call<P = AnyMembers, Q = AnyMembers, B = AnyMembers> {
  readonly ctx: Context;
  readonly caller: ApiCaller;
  /** Decoded. */
  readonly params: P;
  /** Of the types that the endpoint's schemas say. */
  readonly query: Q;
  readonly body: B;
  readonly method: Method;
  readonly headers: IncomingHttpHeaders;
  /** The path and query as they were sent. */
  readonly url: string;
  /** Of an endpoint that reads its body by itself. */
  readonly upload?: Upload | undefined;
  /** What the endpoint changed, filled in by it for the audit. */
  readonly change: { before?: unknown; after?: unknown };
}

/** An answer with another status than the endpoint's usual one, or with headers of its own. */
export class Answer {
  readonly status: number;
  /** JSON; what is long is a Readable of its text. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
type Members = Parameters<typeof import('./schema.ts').object>[0];

export interface Endpoint {
  readonly method: Method;
  /** Below /api/v2, with `{names}`. */
  readonly path: string;
  /** English, for the reference. */
  readonly summary: string;
  /** Any one of them suffices. Empty: every live token for the Management API does. */
  readonly scopes: readonly string[];
  /** Whether all of the scopes are needed instead. */
  readonly everyScope?: boolean | undefined;
  /** Scopes by which a person may do it to themselves: where the path's `id` or `user_id` is the token's person. */
  readonly selfScopes?: readonly string[] | undefined;
  readonly params?: Members | undefined;
  readonly query?: Members | undefined;
  /** Undefined: what is sent is ignored. 'stream': the endpoint reads it by itself. */
  readonly body?: Schema | 'stream' | undefined;
  /** Bytes; undefined: 1 MiB. */
  readonly bodyLimit?: number | undefined;
  /** What is answered, or what stands in its list, for the OpenAPI document. Undefined: any JSON. */
  readonly answer?: AnswerShape | undefined;
  /** Undefined: 201 for POST, 204 for DELETE, 200 for the others; 204 where nothing is returned. */
  readonly status?: number | undefined;
  /** Whether `fields` and `include_fields` choose among the members of what is returned. */
  readonly fields?: boolean | undefined;
  /** What is told whatever `fields` chooses. */
  readonly alwaysShown?: readonly string[] | undefined;
  /** Of an endpoint that returns pages. */
  readonly paging?: PagingRules | undefined;
  readonly run: (call: Call) => unknown;
}

/** The names in a path, each with a text. */
type PathParams<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & PathParams<Rest>
  : unknown;

interface Typed<Path extends string, Q extends Members, B>
  extends Omit<Endpoint, 'path' | 'query' | 'body' | 'run' | 'paging'> {
  readonly path: Path;
  readonly query?: Q;
  readonly body?: Schema<B> | 'stream';
}

/** An endpoint that returns one thing, or nothing. */
export function endpoint<const Path extends string, Q extends Members, B>(
  declaration: Typed<Path, Q, B> & { readonly run: (call: Call<PathParams<Path>, ObjectOf<Q>, B>) => unknown },
): Endpoint {
  return declaration as Endpoint;
}

type Listed<Path extends string, Q extends Members> = Omit<Typed<Path, Q, unknown>, 'method' | 'body' | 'status'> &
  PagingRules & {
    readonly page: (
      call: Call<PathParams<Path>, ObjectOf<Q>, undefined>,
      window: Window,
    ) => Page | Answer | Promise<Page | Answer>;
  };

/** An endpoint that returns a page of things. */
export function listing<const Path extends string, Q extends Members>(declaration: Listed<Path, Q>): Endpoint {
  const { page, key, ways, perPage, totals, envelope, withLength, bareCheckpoint, most, ...rest } = declaration;
  const paging: PagingRules = { key, ways, perPage, totals, envelope, withLength, bareCheckpoint, most };
  return { ...(rest as Omit<Endpoint, 'method' | 'run'>), method: 'GET', paging, run: page as Endpoint['run'] };
}

export interface Resource {
  /** The first segment of its paths. */
  readonly name: string;
  readonly endpoints: readonly Endpoint[];
}
