// Owns the headers that guard every answer.

/** For answers that hold tokens or anything of one person's (RFC 6749 §5.1). */
export const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' } as const;

/** For everything that is answered. */
export function baseHeaders(secure: boolean): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    // Not no-referrer: from such a page browsers send forms with `Origin: null`, and csrf.ts could not know them for ours.
    'referrer-policy': 'same-origin',
    ...(secure ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  };
}

export interface PagePolicy {
  /** What the page's scripts and styles carry, so that no other runs. */
  readonly nonce: string;
  /** Where the page's forms may lead, beside our own origin: browsers follow redirects by it too. */
  readonly formTargets?: readonly string[];
  /** The origins that the page's pictures come from, beside our own; anywhere on the Web unless given. */
  readonly imageSources?: readonly string[];
  /** What the page may frame; nothing unless given. */
  readonly frameSources?: readonly string[];
  /** Who may frame the page; nobody unless given. */
  readonly frameAncestors?: readonly string[];
  /** Whether the window that opened the page must stay reachable. */
  readonly keepOpener?: boolean;
}

/** The headers of a page: nothing runs, loads or frames but what is named. */
export function pageHeaders(policy: PagePolicy): Record<string, string> {
  const ancestors = policy.frameAncestors ?? [];
  const frames = policy.frameSources ?? [];
  const csp = [
    "default-src 'none'",
    `script-src 'nonce-${policy.nonce}'`,
    `style-src 'nonce-${policy.nonce}'`,
    `img-src ${["'self'", 'data:', ...(policy.imageSources ?? ['https:'])].join(' ')}`,
    "font-src 'self'",
    "connect-src 'self'",
    ...(frames.length === 0 ? [] : [`frame-src ${frames.join(' ')}`]),
    `form-action ${["'self'", ...(policy.formTargets ?? [])].join(' ')}`,
    `frame-ancestors ${ancestors.length === 0 ? "'none'" : ancestors.join(' ')}`,
    "base-uri 'none'",
  ].join('; ');
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': csp,
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(policy.keepOpener ? {} : { 'cross-origin-opener-policy': 'same-origin' }),
    ...(ancestors.length === 0 ? { 'x-frame-options': 'DENY' } : {}),
    ...noStore,
  };
}

/** What a CSP names for an address that a form may lead to: its origin, or its scheme where it has no origin. */
export function formTarget(uri: string): string {
  const url = new URL(uri);
  return url.origin === 'null' ? url.protocol : url.origin;
}
