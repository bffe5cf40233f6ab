// Owns the table of strategies, and what an administrator needn't say of a connection of each.
import { isJsonObject } from '#protocol/merge-patch';
import type { Options, StrategyOptions } from './connection-option.ts';
import { database } from './connection-options/database.ts';
import { enterprise } from './connection-options/enterprise.ts';
import { openidConnect } from './connection-options/openid-connect.ts';
import { social } from './connection-options/social.ts';

const table: readonly StrategyOptions[] = [database, ...social, ...enterprise, ...openidConnect];

/** Strategies of which everything is said by the administrator. */
const plain: StrategyOptions = { strategies: [], complete: (sent) => sent };

export const strategyNames: readonly string[] = [
  ...table.flatMap(({ strategies }) => strategies),
  'amazon',
  'apple',
  'baidu',
  'bitbucket',
  'bitly',
  'box',
  'custom',
  'daccount',
  'dropbox',
  'dwolla',
  'evernote',
  'evernote-sandbox',
  'exact',
  'fitbit',
  'instagram',
  'ip',
  'oauth1',
  'oauth2',
  'office365',
  'paypal',
  'paypal-sandbox',
  'planningcenter',
  'sharepoint',
  'shop',
  'shopify',
  'soundcloud',
  'thirtysevensignals',
  'twitter',
  'untappd',
  'vkontakte',
  'weibo',
  'yahoo',
  'yammer',
  'yandex',
  'slack',
];

export function strategyOf(name: string): StrategyOptions {
  return table.find(({ strategies }) => strategies.includes(name)) ?? plain;
}

/** The options of a new connection. Throws InvalidSetting. */
export function freshOptions(strategy: string, sent: unknown): Options {
  return strategyOf(strategy).complete(isJsonObject(sent) ? sent : {}, strategy);
}

/** The options that take the place of others: what was derived stays, unless it is said or derived anew. */
export function changedOptions(strategy: string, before: Options, sent: Options): Options {
  const { kept = [], complete } = strategyOf(strategy);
  const carried = Object.fromEntries(kept.filter((name) => name in before).map((name) => [name, before[name]]));
  const present = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
  return { ...carried, ...complete({ ...carried, ...present }, strategy) };
}
