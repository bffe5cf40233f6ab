// Owns what an authorization response may hold (RFC 6749 §3.1.1, OAuth 2.0 Multiple Response Types §3 and §5).

export type ResponsePart = 'code' | 'id_token' | 'token';

/** Code alone is for everybody; the others hand tokens to the browser, and are off until switched on. */
export const responseTypes = [
  'code',
  'id_token',
  'token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
] as const;

export type ResponseType = (typeof responseTypes)[number];

const inOrder = (type: string) => type.split(' ').sort().join(' ');

const byParts: ReadonlyMap<string, ResponseType> = new Map(responseTypes.map((type) => [inOrder(type), type]));

/** The response type of this name, in whatever order its parts stand; undefined when there is none. */
export function findResponseType(name: string): ResponseType | undefined {
  return byParts.get(inOrder(name));
}

export function gives(type: ResponseType, part: ResponsePart): boolean {
  return type.split(' ').includes(part);
}

/** Whether tokens come back by way of the browser: such a response never travels in a query, which is logged. */
export function isFrontChannel(type: ResponseType): boolean {
  return type !== 'code';
}
