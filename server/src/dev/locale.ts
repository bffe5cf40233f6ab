// Owns the language of a development page: the one asked for, else the one kept, else the browser's.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedLanguages, chooseLocale, type Locale } from '#i18n/locale';

const cookie = 'warifu_dev_locale';

/**
 * The language for this request. A `ui_locales` parameter (tags separated by spaces, best first,
 * OpenID Connect Core §3.1.2.1) is also kept in a cookie, so that it holds when the user comes back from signing in.
 */
export function pageLocale(request: FastifyRequest, reply: FastifyReply): Locale {
  const accepted = acceptedLanguages(request.headers['accept-language']);
  const kept = new RegExp(`(?:^|;\\s*)${cookie}=([a-z]{2})(?:;|$)`).exec(request.headers.cookie ?? '')?.[1];
  const asked = new URLSearchParams(request.url.split('?')[1]).get('ui_locales');
  if (asked !== null) {
    const locale = chooseLocale(asked.split(' '), chooseLocale(accepted, 'en'));
    reply.header('set-cookie', `${cookie}=${locale}; Path=/; Max-Age=31536000; SameSite=Lax`);
    return locale;
  }
  return chooseLocale(kept ? [kept, ...accepted] : accepted, 'en');
}
