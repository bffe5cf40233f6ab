// Owns what every sub-command of `warifu keys` shares: the language, the look, and the database with the keys.
import { readMasterKey } from '#crypto/master-key';
import { createVault } from '#crypto/vault';
import type { KeyEffects } from '#domain/signing-keys';
import type { Locale } from '#i18n/locale';
import { openDatabaseBeside } from '#storage/open-database';
import { readConfig } from '../../config.ts';
import type { ExitCode, Invocation } from '../command.ts';
import { refusalSentence } from '../refusal.ts';
import { invalid } from '../refused.ts';
import type { Paint } from '../terminal.ts';
import { en, type KeysTexts } from './texts/en.ts';
import { ja } from './texts/ja.ts';

export const keysTexts: Record<Locale, KeysTexts> = { en, ja };

export interface Session {
  readonly invocation: Invocation;
  readonly texts: KeysTexts;
  readonly paint: Paint;
}

export interface Action {
  readonly name: 'list' | 'rotate' | 'revoke';
  run(session: Session, args: readonly string[]): Promise<ExitCode>;
}

export function print({ invocation }: Session, lines: readonly string[]): void {
  invocation.stdout.write(`${lines.join('\n')}\n`);
}

async function open({ invocation: { env, now } }: Session): Promise<KeyEffects> {
  const { issuer, data, database: url } = readConfig(env);
  const vault = createVault(readMasterKey(data));
  return { issuer, vault, now, database: await openDatabaseBeside(url) };
}

/** Lends the keys of the deployment that the settings name. Throws Refused when they cannot be reached. */
export async function withKeys<T>(session: Session, work: (ctx: KeyEffects) => Promise<T>): Promise<T> {
  let ctx: KeyEffects | undefined;
  try {
    ctx = await open(session);
    return await work(ctx);
  } catch (error) {
    const sentence = refusalSentence(error);
    throw sentence === undefined ? error : invalid(sentence);
  } finally {
    await ctx?.database.close();
  }
}
