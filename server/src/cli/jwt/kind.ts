// Owns what kind of token a signed JWT is, by its type and by what it says.
import type { JwtTexts } from './texts/en.ts';
import type { SignedToken } from './token.ts';

export type Kind = Exclude<keyof JwtTexts['kinds'], 'encrypted' | 'refresh'>;

/** Media types of `typ`, without `application/` (RFC 7515 §4.1.9). */
const types: Readonly<Record<string, Kind>> = {
  'at+jwt': 'accessToken',
  'logout+jwt': 'logoutToken',
  'dpop+jwt': 'dpopProof',
  'oauth-authz-req+jwt': 'requestObject',
  'token-introspection+jwt': 'introspection',
  'secevent+jwt': 'securityEvent',
  'client-authentication+jwt': 'clientAssertion',
};

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';
type Claims = SignedToken['payload'];
const has = (claims: Claims, ...names: string[]) => names.some((name) => Object.hasOwn(claims, name));

function isLogout({ events }: Claims): boolean {
  return typeof events === 'object' && events !== null && logoutEvent in events;
}

/** Where `typ` says nothing, the first that fits. */
const signs: readonly (readonly [Kind, (claims: Claims) => boolean])[] = [
  ['logoutToken', isLogout],
  ['securityEvent', (claims) => has(claims, 'events')],
  ['requestObject', (claims) => has(claims, 'response_type') && has(claims, 'client_id')],
  ['authorizationResponse', (claims) => has(claims, 'code', 'error') && has(claims, 'aud', 'state')],
  ['clientAssertion', (claims) => claims['iss'] !== undefined && claims['iss'] === claims['sub']],
  ['idToken', (claims) => has(claims, 'nonce', 'at_hash', 'c_hash', 's_hash')],
  ['accessToken', (claims) => has(claims, 'scope', 'scp', 'gty', 'permissions', 'client_id')],
  [
    'idToken',
    (claims) =>
      typeof claims['aud'] === 'string' &&
      has(claims, 'exp') &&
      has(claims, 'sub') &&
      has(claims, 'email', 'name', 'nickname', 'auth_time', 'sid', 'amr', 'acr'),
  ],
  ['userinfo', (claims) => !has(claims, 'exp') && has(claims, 'sub') && has(claims, 'email', 'name', 'nickname')],
  ['accessToken', (claims) => has(claims, 'azp') || (Array.isArray(claims['aud']) && has(claims, 'sub', 'exp'))],
];

export function kindOf({ header, payload }: Pick<SignedToken, 'header' | 'payload'>): Kind {
  const type = String(header['typ'] ?? '')
    .toLowerCase()
    .replace(/^application\//, '');
  const named = Object.hasOwn(types, type) ? types[type] : undefined;
  return named ?? signs.find(([, fits]) => fits(payload))?.[0] ?? 'unknown';
}
