// Owns where status lists are, and how a token refers to one (Token Status List, draft-ietf-oauth-status-list §6.1).
import type { Claims } from './claims.ts';

const path = 'status-lists/';

export function statusListAddress(issuer: string, list: number): string {
  return `${issuer}${path}${list}`;
}

const number = /^[1-9][0-9]{0,14}$/;

/** The number of a list, as its address ends; undefined for what is none. */
export function statusListNumber(text: string): number | undefined {
  return number.test(text) ? Number(text) : undefined;
}

/** The entry that a token of ours refers to. */
export function statusEntryOf(issuer: string, { status }: Claims): { list: number; idx: number } | undefined {
  const { idx, uri } = (status as { status_list?: { idx?: unknown; uri?: unknown } } | undefined)?.status_list ?? {};
  const address = `${issuer}${path}`;
  if (typeof idx !== 'number' || typeof uri !== 'string' || !uri.startsWith(address)) return undefined;
  const list = statusListNumber(uri.slice(address.length));
  return list === undefined ? undefined : { list, idx };
}
