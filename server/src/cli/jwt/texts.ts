// Owns the list of the languages in which `warifu jwt` speaks, and the choice among them.
import { chooseLocale, type Locale, locales } from '#i18n/locale';
import type { Invocation } from '../command.ts';
import { misused } from './refused.ts';
import { en, type JwtTexts } from './texts/en.ts';
import { ja } from './texts/ja.ts';

export const jwtTexts: Record<Locale, JwtTexts> = { en, ja };

/** The first that is set counts, as POSIX has it (Base Definitions §8.2). */
function localeOf(env: Invocation['env']): Locale {
  const set = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return chooseLocale([set.replace(/[_.@].*$/, '')], 'en');
}

/** The language of `--lang`, else of the environment. It is needed before the other options can be judged. */
export function languageOf(args: readonly string[], env: Invocation['env']): Locale {
  const at = args.findLastIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  if (at === -1) return localeOf(env);
  const asked = args[at]?.includes('=') ? args[at].slice('--lang='.length) : args[at + 1];
  const locale = locales.find((candidate) => candidate === asked);
  if (!locale) throw misused(jwtTexts[localeOf(env)].usage.lang);
  return locale;
}
