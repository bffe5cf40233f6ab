// Owns the requests that the server makes to others, at addresses that somebody configured: vetted and bounded.
import { lookup as lookupHost } from 'node:dns';
import type { OutgoingHttpHeaders } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { type OutboundAnswer, OutboundFailed, type OutboundRequest } from '#protocol/outbound';

export interface OutboundOptions {
  /** Whether plain HTTP and addresses of the own network may be reached: for development and tests. */
  readonly allowPrivate: boolean;
}

const timeoutMs = 5000;
const maximumBytes = 1_048_576;

/** What is not the public Internet (RFC 6890): the own machine, its network, and where clouds keep their secrets. */
const privateAddresses = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv4');
}
for (const [network, prefix] of [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  privateAddresses.addSubnet(network, prefix, 'ipv6');
}

/** Whether an address is of the public Internet. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !privateAddresses.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Vets the address that is connected to, so that a name can't mean another the second time it is asked for. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookupHost(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, '', 0);
    const addresses = [found].flat().filter(({ address }) => isPublicAddress(address));
    const [first] = addresses;
    if (!first) return callback(new OutboundFailed('the host is not on the public Internet'), '', 0);
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

function addressOf({ url }: OutboundRequest, { allowPrivate }: OutboundOptions): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (!address) throw new OutboundFailed('the address is malformed');
  if (address.protocol !== 'https:' && !(allowPrivate && address.protocol === 'http:'))
    throw new OutboundFailed('the address is not https');
  if (address.username !== '' || address.password !== '') throw new OutboundFailed('the address has a password');
  const literal = address.hostname.replace(/^\[(.*)\]$/, '$1');
  if (!allowPrivate && isIP(literal) !== 0 && !isPublicAddress(literal))
    throw new OutboundFailed('the host is not on the public Internet');
  return address;
}

async function bodyOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maximumBytes) throw new OutboundFailed(`the answer is longer than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function plainHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

/** Sends a request and waits for the head of the answer. */
function send(
  address: URL,
  { method = 'GET', body, headers }: OutboundRequest,
  how: { readonly signal: AbortSignal; readonly lookup: LookupFunction | undefined },
): Promise<http.IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const all: OutgoingHttpHeaders = { 'user-agent': 'Warifu', ...headers };
  if (body !== undefined) all['content-length'] = Buffer.byteLength(body);
  const options = { method, headers: all, signal: how.signal, agent: false, ...(how.lookup && { lookup: how.lookup }) };
  const sent = (address.protocol === 'https:' ? https : http).request(address, options, resolve);
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

function failure(error: unknown, signal: AbortSignal): OutboundFailed {
  if (error instanceof OutboundFailed) return error;
  if (signal.aborted) return new OutboundFailed(`no answer within ${timeoutMs / 1000} seconds`);
  return new OutboundFailed(error instanceof Error ? error.message : String(error));
}

/**
 * Makes the one way out. No redirect is followed, nothing compressed is asked for, and a request takes five seconds and a
 * mebibyte at most. Throws OutboundFailed.
 */
export function createOutbound(options: OutboundOptions): (request: OutboundRequest) => Promise<OutboundAnswer> {
  const lookup = options.allowPrivate ? undefined : publicLookup;
  return async (request) => {
    const address = addressOf(request, options);
    const signal = AbortSignal.timeout(timeoutMs);
    let response: http.IncomingMessage | undefined;
    try {
      response = await send(address, request, { signal, lookup });
      const { statusCode = 0, headers } = response;
      return { status: statusCode, headers: plainHeaders(headers), body: await bodyOf(response) };
    } catch (error) {
      response?.destroy();
      throw failure(error, signal);
    }
  };
}
