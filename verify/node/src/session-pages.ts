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

const statuses = { failed: 400, unknown: 400, foreign: 403, unreachable: 503 } as const;

type Reader = { readonly headers: { get(name: string): string | null } };

/** Which of the two languages somebody would rather read (RFC 9110 §12.5.4); the order of the header decides, as browsers write it. */
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

/** `reason`: for whoever looks into it. */
export function refusalPage(
  what: keyof typeof sentences,
  reader: Reader,
  { reason, cookies = [] }: { readonly reason?: string; readonly cookies?: readonly string[] } = {},
): Response {
  const language = languageOf(reader);
  const text = sentences[what][language] + (reason === undefined ? '' : `\n\n${reason}`);
  const headers = headersWith(
    { 'content-type': 'text/plain; charset=utf-8', 'content-language': language, vary: 'Accept-Language' },
    cookies,
  );
  return new Response(text, { status: statuses[what], headers });
}

export function redirect(location: string, cookies: readonly string[] = []): Response {
  return new Response(null, { status: 303, headers: headersWith({ location }, cookies) });
}
