// Owns the choice of the language in which a command speaks.
import { chooseLocale, type Locale, locales } from '#i18n/locale';
import type { Invocation } from './command.ts';
import { misused } from './refused.ts';

/** The first that is set counts, as POSIX has it (Base Definitions §8.2). */
function localeOf(env: Invocation['env']): Locale {
  const set = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return chooseLocale([set.replace(/[_.@].*$/, '')], 'en');
}

/**
 * The language of `--lang`, else of the environment. It is needed before the other options can be judged. Throws Refused
 * with the sentence for a language that is not spoken.
 */
export function languageOf({ args, env }: Pick<Invocation, 'args' | 'env'>, unknown: Record<Locale, string>): Locale {
  const at = args.findLastIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  if (at === -1) return localeOf(env);
  const asked = args[at]?.includes('=') ? args[at].slice('--lang='.length) : args[at + 1];
  const locale = locales.find((candidate) => candidate === asked);
  if (!locale) throw misused(unknown[localeOf(env)]);
  return locale;
}
