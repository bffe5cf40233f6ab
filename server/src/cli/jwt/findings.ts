// Owns what is wrong or risky with a token, as far as it can be seen without a key (RFC 8725).

import { hmacAlgorithms, signatureAlgorithms } from '#crypto/key-text';
import { secretsWithin } from '#protocol/secrets-within';
import type { Facts, Finding, Rule } from './finding.ts';
import { kindOf } from './kind.ts';
import type { JwtTexts } from './texts/en.ts';
import { timeFindings } from './time-findings.ts';
import type { EncryptedToken, SignedToken } from './token.ts';
import { brief, type Look } from './value.ts';

const found = (level: Finding['level'], ...sentences: string[]): Finding[] =>
  sentences.map((sentence) => ({ level, sentence }));

function isOnTheWeb(issuer: unknown): boolean {
  if (typeof issuer !== 'string' || !URL.canParse(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  return /^https?:$/.test(protocol) && !/^(?:localhost|127\..*|\[::1\])$/.test(hostname);
}

function algorithm({ token: { header, payload, signature }, texts: { findings } }: Facts): Finding[] {
  const { alg } = header;
  if (alg === undefined) return found('wrong', findings.algMissing);
  if (String(alg).toLowerCase() === 'none') return found('wrong', findings.algNone);
  if (!signatureAlgorithms.includes(String(alg))) return found('wrong', findings.algUnknown(brief(alg)));
  if (signature.length === 0) return found('wrong', findings.signatureMissing);
  const isShared = hmacAlgorithms.includes(String(alg)) && isOnTheWeb(payload['iss']);
  return isShared ? found('risk', findings.symmetric(String(alg))) : [];
}

function duplicates({ token, texts }: Facts): Finding[] {
  if (token.duplicates.length === 0) return [];
  return found('wrong', texts.findings.duplicates(texts.list(token.duplicates.map((name) => brief(name)))));
}

function header({ token: { header }, kind, texts }: Facts): Finding[] {
  const ownKey = kind === 'dpopProof' ? ['jku', 'x5u', 'x5c'] : ['jku', 'jwk', 'x5u', 'x5c'];
  const remote = ownKey.filter((name) => Object.hasOwn(header, name));
  const { crit } = header;
  const demands = crit === undefined ? [] : [texts.findings.crit(texts.list([crit].flat().map((name) => brief(name))))];
  const isPublic =
    signatureAlgorithms.includes(String(header['alg'])) && !hmacAlgorithms.includes(String(header['alg']));
  const needsKid = isPublic && header['kid'] === undefined && kind !== 'dpopProof';
  return [
    ...found('risk', ...remote.map(texts.findings.remoteKey), ...demands),
    ...found('note', ...(needsKid ? [texts.findings.noKid] : [])),
  ];
}

/** Who issued it, for whom, and about whom. A DPoP proof is none of anybody's. */
function parties({ token: { payload }, kind, texts: { findings } }: Facts): Finding[] {
  if (kind === 'dpopProof') return [];
  const isMissing = (name: string) => payload[name] === undefined || payload[name] === '';
  const level = kind === 'idToken' || kind === 'logoutToken' ? 'wrong' : 'risk';
  return [
    ...(isMissing('iss') ? found(level, findings.noIss) : []),
    ...(isMissing('aud') ? found(level, findings.noAud) : []),
    ...(isMissing('sub') && kind === 'idToken' ? found('wrong', findings.noSub) : []),
  ];
}

function readableByAnyone({ token, texts }: Facts): Finding[] {
  return secretsWithin(token.payload).flatMap(({ kind, path }) => found('wrong', texts.findings[kind](brief(path))));
}

function use({ token: { payload, text }, kind, texts: { findings } }: Facts): Finding[] {
  return [
    ...(kind === 'idToken' ? found('note', findings.idTokenAtApi) : []),
    ...(kind === 'logoutToken' && 'nonce' in payload ? found('wrong', findings.logoutNonce) : []),
    ...(text.length > 4096 ? found('note', findings.large(text.length)) : []),
  ];
}

const rules: readonly Rule[] = [algorithm, duplicates, timeFindings, parties, readableByAnyone, header, use];
const severity = ['wrong', 'risk', 'note'];

/** All that can be said against a signed token, the worst first. */
export function findingsOf(token: SignedToken, texts: JwtTexts, look: Look): Finding[] {
  const facts: Facts = { ...look, token, kind: kindOf(token), texts };
  return rules
    .flatMap((rule) => rule(facts))
    .toSorted((one, other) => severity.indexOf(one.level) - severity.indexOf(other.level));
}

/** An encrypted token shows little of itself. */
export function encryptedFindings({ header, duplicates: names }: EncryptedToken, texts: JwtTexts): Finding[] {
  const twice = names.length === 0 ? [] : [texts.findings.duplicates(texts.list(names.map((name) => brief(name))))];
  return [...found('wrong', ...twice), ...found('risk', ...(header['alg'] === 'RSA1_5' ? [texts.findings.rsa15] : []))];
}
