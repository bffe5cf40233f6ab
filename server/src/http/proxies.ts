// Owns who a request comes from when proxies stand in front of us: those that are believed, and whom they say it is.
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** An IPv4 address that a socket of both families gives as an IPv6 one, is the IPv4 address. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** The address of a hop as proxies write it, some with brackets and a port; undefined for what is none, such as `unknown`. */
function addressIn(hop: string): string | undefined {
  const text = hop.trim();
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1] ?? text;
  const address = plain(bare);
  return isIP(address) === 0 ? undefined : address;
}

export class TrustedProxies {
  readonly #list = new BlockList();

  /** Of addresses, and of networks such as 10.0.0.0/8. */
  constructor(networks: readonly string[] = []) {
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  includes(peer: string): boolean {
    const address = plain(peer);
    const family = isIP(address);
    return family !== 0 && this.#list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  }

  /**
   * The address of who sent a request: the nearest that isn't a proxy of ours. Each proxy is believed about who was before
   * it (X-Forwarded-For, to which each adds at the end), and nobody else: what a client writes there itself is never reached.
   */
  clientOf({
    socket,
    headers,
  }: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } }): string {
    let address = plain(socket.remoteAddress ?? '');
    const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
    while (this.includes(address)) {
      const before = addressIn(hops.pop() ?? '');
      if (before === undefined) break;
      address = before;
    }
    return address;
  }
}

const privateNetworks = new TrustedProxies([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '::1',
  'fc00::/7',
]);

/** Whether an address is of an own network, where nobody from the Internet comes from (RFC 1918, RFC 4193). */
export function isPrivate(address: string): boolean {
  return privateNetworks.includes(address);
}
