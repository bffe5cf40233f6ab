// Owns the asking of the domain name system, for those who must prove that a name is theirs.
import { promises as dns } from 'node:dns';

export interface Dns {
  /** What a name is an alias of; nothing where it is none, or cannot be asked about. */
  aliases(name: string): Promise<readonly string[]>;
  /** The texts of a name. */
  texts(name: string): Promise<readonly string[]>;
}

const nothing = () => [];

export const systemDns: Dns = {
  aliases: (name) => dns.resolveCname(name).catch(nothing),
  texts: async (name) => (await dns.resolveTxt(name).catch(nothing)).map((parts) => parts.join('')),
};
