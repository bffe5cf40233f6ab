// Owns what never goes into a log: which members hold secrets, and which texts are secrets whatever holds them.

export const mask = '*****';

/** How far something is masked: `all` of what is within, or `texts`, because objects of the name are settings. */
type Extent = 'all' | 'texts';

/** The names, in lower case and without separators. This is the one list of them. */
const names: ReadonlyMap<string, Extent> = new Map([
  ...[
    ...['password', 'passwordhash', 'custompasswordhash', 'passwd', 'pwd', 'passphrase', 'passcode', 'pin', 'smtppass'],
    ...['secret', 'secrets', 'secretkey', 'privatekey', 'signingkey', 'signingkeys', 'decryptionkey', 'encryptionkey'],
    ...['apikey', 'apikeys', 'writekey', 'serverkey', 'accesskey', 'subscriptionkey', 'licensekey', 'masterkey'],
    // Of Duo.
    'skey',
    ...['credential', 'credentials', 'servercredentials', 'authorization', 'httpauthorization', 'proxyauthorization'],
    ...['cookie', 'cookies', 'setcookie', 'sessiontoken', 'csrftoken', 'jwt', 'assertion', 'clientassertion'],
    ...['codeverifier', 'authcode', 'authorizationcode', 'devicecode', 'usercode', 'recoverycode', 'otp', 'otpcode'],
    ...['mfacode', 'bindingcode', 'oobcode', 'totp', 'barcodeuri', 'seed', 'ticket', 'ticketid', 'ticketurl'],
    ...['invitationurl', 'inviteurl', 'p12', 'pfx', 'pkcs8', 'pkcs12', 'encryptedkey', 'wrappedkey', 'setup'],
    ...['httpcustomheaders', 'webhookauthorization'],
    ...['d', 'dp', 'dq', 'qi', 'oth'],
  ].map((name) => [name, 'all'] as const),
  ...['token', 'tokens', 'accesstoken', 'refreshtoken', 'idtoken'].map((name) => [name, 'texts'] as const),
]);

/** How the names of further secrets end. */
const endings: readonly (readonly [RegExp, Extent])[] = [
  [/(?:password|passphrase|secret|secrets|secretkey|privatekey|apikey|accesskey|writekey|pass)$/, 'all'],
  [/tokens?$/, 'texts'],
];

/** Members that end like a secret's name and hold none. */
const harmless = new Set([
  'hassecret',
  'resetpassword',
  'changepassword',
  'forgotpassword',
  'bypass',
  'requirespassword',
]);

/** Members whose own members are secrets, whatever their names: `options.configuration` of a connection. */
const maps: readonly string[] = ['options.configuration'];

/** Secrets by their form: private keys, JWTs, credentials of requests and of links. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, mask],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*(?:\.[\w-]*)*/g, mask],
  [/\b(Bearer|Basic|DPoP)\s+[\w+/=.~-]{8,}/gi, `$1 ${mask}`],
  [
    /([?&#](?:ticket|invitation|code|token|access_token|id_token|refresh_token|api_?key|sig)=)[^&#\s"']+/gi,
    `$1${mask}`,
  ],
  [/(\bhooks\.slack\.com\/\w+\/)[^\s"']+/gi, `$1${mask}`],
  [/(\b[a-z][\w+.-]*:\/\/[^\s:/@"']*:)[^\s/@"']+@/gi, `$1${mask}@`],
];

function extentOf(name: string): Extent | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (harmless.has(plain)) return undefined;
  return names.get(plain) ?? endings.find(([ending]) => ending.test(plain))?.[1];
}

/** Whether a member of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return extentOf(name) !== undefined;
}

/** A text without what looks like a secret in it. */
export function redactText(text: string): string {
  return forms.reduce((redacted, [form, instead]) => redacted.replace(form, instead), text);
}

const mostText = 2000;
const mostItems = 200;
const deepest = 32;

function shortened(text: string): string {
  return text.length > mostText ? `${text.slice(0, mostText)}…` : text;
}

function masked(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'boolean' || value === '') return value;
  if (typeof value !== 'object' || depth >= deepest) return mask;
  return walk(value, depth, masked);
}

function walk(value: object, depth: number, change: (child: unknown, depth: number) => unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => change(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, change(child, depth + 1)]));
}

function redactMember(key: string, value: unknown, path: string, depth: number): unknown {
  const extent = maps.some((end) => path === end || path.endsWith(`.${end}`)) ? 'all' : extentOf(key);
  if (extent === 'all') return masked(value, depth);
  if (extent === 'texts') {
    if (Array.isArray(value)) return value.slice(0, mostItems).map((item) => redactMember(key, item, path, depth + 1));
    if (typeof value === 'string') return masked(value, depth);
  }
  return redactWithin(value, path, depth);
}

function redactWithin(value: unknown, path: string, depth: number): unknown {
  if (typeof value === 'string') return redactText(shortened(value));
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= deepest) return mask;
  if (Array.isArray(value)) return walk(value, depth, (item, at) => redactWithin(item, path, at));
  const entries = Object.entries(value).map(([key, child]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [key, redactMember(key, child, at, depth + 1)];
  });
  return Object.fromEntries(entries);
}

/** A copy of JSON in which every secret is masked, long texts and lists are cut, and nothing is too deep. */
export function redact(value: unknown): unknown {
  return redactWithin(value, '', 0);
}

/** Everything within as far as it is text or a number: of a body that holds nothing but secrets. */
export function redactAll(value: unknown): unknown {
  return masked(value, 0);
}
