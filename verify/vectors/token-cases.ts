import { exportJWK, SignJWT, UnsecuredJWT } from 'jose';
import { audience, type Claims, issuer, type KeyName, keys, now, printOf, sign } from './signing.ts';

const authorization = 'bEwx8oKH5NZetiFJz-ftHA';
const person = 'Yx0pQ2s_4kLm';
const jtiAt = (position: number, subject = person) =>
  `${authorization}.${position.toString(36)}.${subject}.hIMmVG0NDGcijmfMl9LFXQ`;
export const made = 1_795_445_990_000;

export const base = {
  iss: issuer,
  sub: 'auth0|65f000000000000000000001',
  aud: [audience, `${issuer}userinfo`],
  iat: now - 60,
  exp: now + 3600,
  scope: 'openid read:things',
  azp: 'XkA0c1e2E3f4G5h6I7j8K9l0M1n2O3p4',
  jti: jtiAt(made),
  sid: 'm2uVhY1nRNqcJxXWb0nKZg',
  permissions: ['read:things'],
};
const { azp, ...shared } = base;
const rfc9068 = { ...shared, client_id: azp };

interface Case {
  readonly name: string;
  readonly token: string;
  readonly options?: Record<string, unknown>;
  readonly claims?: Claims;
  readonly error?: string;
}

export const cases: Case[] = [];

export async function accepts(
  name: string,
  claims: Claims,
  more: { header?: Claims; key?: KeyName; options?: Case['options'] } = {},
) {
  const token = await sign(claims, more.header, more.key);
  cases.push({ name, token, ...(more.options ? { options: more.options } : {}), claims });
}

export async function refuses(
  error: string,
  name: string,
  claims: Claims,
  more: { header?: Claims; key?: KeyName; options?: Case['options'] } = {},
) {
  const token = await sign(claims, more.header, more.key);
  cases.push({ name, token, ...(more.options ? { options: more.options } : {}), error });
}

export async function forms() {
  await accepts("Auth0's form", base);
  await accepts("RFC 9068's form", rfc9068, { header: { typ: 'at+jwt' } });
  await accepts("RFC 9068's type in full, in any case", rfc9068, { header: { typ: 'application/AT+JWT' } });
  await accepts('one audience, as a text', { ...base, aud: audience });
  await accepts('no person and no session', {
    ...base,
    sub: `${azp}@clients`,
    sid: undefined,
    jti: jtiAt(made, ''),
    gty: 'client-credentials',
  });
  await accepts('a jti of another form, which no fact concerns', { ...base, jti: 'plain' });
  await accepts('no jti at all', { ...base, jti: undefined });
  await accepts('an audience that may be any of several', base, {
    options: { audience: ['https://other/', audience] },
  });
  for (const name of ['RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const) {
    await accepts(`signed with ${name}`, base, { key: name });
  }
}

export async function wrongKinds() {
  const id = { iss: issuer, sub: base.sub, aud: azp, iat: now - 60, exp: now + 3600, sid: base.sid };
  await refuses('wrong_kind', 'an ID token', { ...id, nonce: 'n' });
  await refuses('wrong_kind', 'an ID token without nonce', id);
  await refuses('wrong_kind', 'an ID token for an application that is called like the API', {
    ...id,
    aud: audience,
    nonce: 'n',
  });
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };
  await refuses(
    'wrong_kind',
    'a logout token by its type',
    { ...id, events: event },
    { header: { typ: 'logout+jwt' } },
  );
  await refuses('wrong_kind', 'a logout token without its type', { ...id, events: event });
  await refuses('wrong_kind', 'a page of the feed', { iss: issuer }, { header: { typ: 'revocations+jwt' } });
  await refuses('wrong_kind', 'a DPoP proof', { htm: 'GET' }, { header: { typ: 'dpop+jwt' } });
  cases.push({ name: 'a refresh token', token: 'v1.M3kz0pVnbT6Yl0u4', error: 'wrong_kind' });
  cases.push({ name: 'an opaque token', token: 'Zm9vYmFyYmF6', error: 'malformed' });
  cases.push({ name: 'an empty text', token: '', error: 'malformed' });
  cases.push({ name: 'an encrypted token', token: 'e30.e30.e30.e30.e30', error: 'encrypted' });
  cases.push({ name: 'three parts that are no JSON', token: 'a.b.c', error: 'malformed' });
  cases.push({ name: 'lists in the place of objects', token: 'W10.W10.AA', error: 'malformed' });
  cases.push({ name: 'more than an access token may be', token: `e30.${'A'.repeat(20_000)}.AA`, error: 'malformed' });
}

export async function signatures() {
  const good = await sign(base);
  const [head = '', body = '', mark = ''] = good.split('.');
  const other = Buffer.from(JSON.stringify({ ...base, sub: 'auth0|somebody-else' })).toString('base64url');
  cases.push({ name: 'another body under the signature', token: `${head}.${other}.${mark}`, error: 'bad_signature' });
  cases.push({ name: 'an empty signature', token: `${head}.${body}.`, error: 'bad_signature' });
  cases.push({
    name: 'a signature that was changed',
    token: `${head}.${body}.${mark.slice(0, -4)}AAAA`,
    error: 'bad_signature',
  });
  await refuses('bad_signature', "a stranger's key under the issuer's name", base, {
    key: 'stranger',
    header: { alg: 'RS256', kid: 'RS256' },
  });
  await refuses('unknown_key', 'a key that is not published', base, {
    key: 'stranger',
    header: { alg: 'RS256', kid: 'stranger' },
  });
  await refuses('unknown_key', 'no kid', base, { header: { kid: undefined } });
  const jwk = await exportJWK(keys.stranger);
  await refuses('bad_signature', 'a key that the token brings itself', base, {
    key: 'stranger',
    header: { alg: 'RS256', kid: 'RS256', jwk: { kty: jwk.kty, n: jwk.n, e: jwk.e } },
  });
  await refuses('wrong_algorithm', "another algorithm than the key's", base, {
    key: 'RS256',
    header: { alg: 'RS384' },
  });
  cases.push({ name: 'no algorithm', token: new UnsecuredJWT(base as never).encode(), error: 'wrong_algorithm' });
  const secret = new TextEncoder().encode('the public key as a secret, which everybody knows');
  const hmac = await new SignJWT(base as never)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: 'RS256' })
    .sign(secret);
  cases.push({ name: 'a shared secret', token: hmac, error: 'wrong_algorithm' });
  await refuses('malformed', 'critical headers', base, { header: { crit: ['b64'], b64: true } });
}

export async function claims() {
  await refuses('wrong_issuer', 'another issuer', { ...base, iss: 'https://login.example.org/' });
  await refuses('wrong_issuer', 'the issuer without its slash', { ...base, iss: issuer.slice(0, -1) });
  await refuses('wrong_issuer', 'no issuer', { ...base, iss: undefined });
  await refuses('wrong_audience', 'another audience', { ...base, aud: 'https://other.example.com/' });
  await refuses('wrong_audience', 'an audience that only begins alike', { ...base, aud: `${audience}v2` });
  await refuses('wrong_audience', 'no audience', { ...base, aud: undefined });
  await refuses('expired', 'expired', { ...base, exp: now - 6 });
  await refuses('expired', 'expired just now', { ...base, exp: now - 5 });
  await accepts('expired within the tolerance', { ...base, exp: now - 4 });
  await refuses('malformed', 'no expiry', { ...base, exp: undefined });
  await refuses('malformed', 'an expiry that is a text', { ...base, exp: String(now + 3600) });
  await refuses('not_yet_valid', 'issued in the future', { ...base, iat: now + 6 });
  await accepts('issued in the future within the tolerance', { ...base, iat: now + 5 });
  await refuses('not_yet_valid', 'not before later', { ...base, nbf: now + 6 });
  for (const name of ['sub', 'client_id', 'jti', 'iat']) {
    await refuses(
      'malformed',
      `RFC 9068's form without ${name}`,
      { ...rfc9068, [name]: undefined },
      { header: { typ: 'at+jwt' } },
    );
  }
  await accepts('the scopes that are needed', base, { options: { scopes: ['read:things', 'openid'] } });
  await refuses('insufficient_scope', 'a scope that is not there', base, {
    options: { scopes: ['read:things', 'write:things'] },
  });
  await refuses('insufficient_scope', 'a scope that only begins alike', base, { options: { scopes: ['read'] } });
  await accepts('the permissions that are needed', base, { options: { permissions: ['read:things'] } });
  await refuses('insufficient_scope', 'a permission that is not there', base, {
    options: { permissions: ['write:things'] },
  });
  await refuses(
    'insufficient_scope',
    'a scope is no permission',
    { ...base, permissions: [] },
    { options: { permissions: ['read:things'] } },
  );
}

export const texts = {
  token: `token:${base.jti}`,
  authorization: `authorization:${authorization}`,
  session: `session:${base.sid}`,
  user: `user:${person}`,
  client: `client:${azp}`,
  audience: `audience:${audience}`,
  'user-client': `user-client:${person} ${azp}`,
  'user-audience': `user-audience:${person} ${audience}`,
  'client-audience': `client-audience:${azp} ${audience}`,
};

/** Each kind of fact has an identity of its own in the feed, so that a case is about that one alone. */
interface FactCase {
  readonly kind: string;
  readonly claims: Claims;
  readonly text: string;
}

function factCases(): FactCase[] {
  return Object.keys(texts).map((kind, index) => {
    const own = `${kind.replace('-', '')}${index}`;
    const parts = { a: authorization, u: person, s: base.sid, c: azp, aud: audience };
    const with_ = { ...parts };
    if (kind === 'authorization') with_.a = `a-${own}`;
    if (kind.startsWith('user')) with_.u = `u-${own}`;
    if (kind === 'session') with_.s = `s-${own}`;
    if (kind.startsWith('client')) with_.c = `c-${own}`;
    const jti = `${with_.a}.${made.toString(36)}.${with_.u}.r-${own}`;
    const aud = kind === 'audience' ? [audience, `https://${own}.example.com/`] : audience;
    const claims = { ...base, jti, sid: with_.s, azp: with_.c, aud };
    const text = {
      token: `token:${jti}`,
      authorization: `authorization:${with_.a}`,
      session: `session:${with_.s}`,
      user: `user:${with_.u}`,
      client: `client:${with_.c}`,
      audience: `audience:https://${own}.example.com/`,
      'user-client': `user-client:${with_.u} ${with_.c}`,
      'user-audience': `user-audience:${with_.u} ${audience}`,
      'client-audience': `client-audience:${with_.c} ${audience}`,
    }[kind] as string;
    return { kind, claims, text };
  });
}

const moved = (claims: Claims, position: number, forText?: string) => {
  const [a, , u, r] = String(claims['jti']).split('.');
  return { ...claims, jti: forText ?? `${a}.${position.toString(36)}.${u}.${r}` };
};

export async function revocations(): Promise<[string, number, number][]> {
  const facts: [string, number, number][] = [];
  for (const { kind, claims: own, text } of factCases()) {
    const at = made + 10;
    facts.push([printOf(text), now + 86_400, at]);
    await refuses('revoked', `a fact about its ${kind} after its position`, own);
    if (kind === 'token') continue;
    await accepts(`a fact about its ${kind} at its position`, moved(own, at));
    await accepts(`a fact about its ${kind} before its position`, moved(own, at + 1));
  }
  facts.push([printOf('session:of-another-form'), now + 86_400, made]);
  await refuses('revoked', 'any fact ends a token whose jti has another form', {
    ...base,
    jti: 'plain',
    sid: 'of-another-form',
  });
  facts.push([printOf('key:ES384-revoked'), now + 86_400, 1]);
  await refuses(
    'revoked',
    'a fact about its key, whatever position it says',
    { ...base, jti: jtiAt(made * 2) },
    {
      key: 'ES384',
      header: { kid: 'ES384-revoked' },
    },
  );
  return facts;
}
