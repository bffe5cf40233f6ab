// Owns what people read when a sign-in or log-out of an application goes wrong, in their language; and the redirects.

const sentences = {
  failed: {
    en: 'You could not be signed in. Try again.',
    ja: 'サインインできませんでした。もう一度お試しください。',
  },
  unknown: {
    en: 'This sign-in was begun in another browser, or in one that keeps no cookies. Try again.',
    ja: 'このサインインは別のブラウザー、または Cookie を保存しないブラウザーで始められました。もう一度お試しください。',
  },
  foreign: {
    en: 'Another site asked to log you out. You are still signed in.',
    ja: '別のサイトからログアウトが要求されました。サインインしたままです。',
  },
  unreachable: {
    en: 'The sign-in service cannot be reached at the moment. Try again soon.',
    ja: '現在、サインインのサービスに接続できません。しばらくしてからもう一度お試しください。',
  },
} as const;

const links = { en: 'Sign in', ja: 'サインイン' } as const;
const statuses = { failed: 400, unknown: 400, foreign: 403, unreachable: 503 } as const;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);

const style =
  'body{font:1rem/1.6 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}small{opacity:.7}';
const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

type Reader = { readonly headers: { get(name: string): string | null } };

/** Which of the two languages somebody would rather read (RFC 9110 §12.5.4): browsers write the first choice first. */
function languageOf({ headers }: Reader): 'en' | 'ja' {
  const wanted = (headers.get('accept-language') ?? '').toLowerCase().split(',');
  const first = wanted.map((range) => range.trim().slice(0, 2)).find((tag) => tag === 'en' || tag === 'ja');
  return first === 'ja' ? 'ja' : 'en';
}

function headersWith(fixed: Record<string, string>, cookies: readonly string[]): Headers {
  const headers = new Headers({ ...fixed, 'cache-control': 'no-store' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return headers;
}

export interface Refusal {
  /** Where to try again. */
  readonly login: string;
  /** For whoever looks into it. */
  readonly reason?: string;
  readonly cookies?: readonly string[];
}

export function refusalPage(
  what: keyof typeof sentences,
  reader: Reader,
  { login, reason, cookies = [] }: Refusal,
): Response {
  const language = languageOf(reader);
  const html = `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${sentences[what][language]}</title>
<style>${style}</style>
<p>${sentences[what][language]}</p>
${what === 'foreign' ? '' : `<p><a href="${escaped(login)}">${links[language]}</a></p>`}
${reason === undefined ? '' : `<p><small>${escaped(reason)}</small></p>\n`}`;
  const fixed = {
    'content-type': 'text/html; charset=utf-8',
    'content-language': language,
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    vary: 'Accept-Language',
  };
  return new Response(html, { status: statuses[what], headers: headersWith(fixed, cookies) });
}

export function redirect(location: string, cookies: readonly string[] = []): Response {
  return new Response(null, { status: 303, headers: headersWith({ location }, cookies) });
}
