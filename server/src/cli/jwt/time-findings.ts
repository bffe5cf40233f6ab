// Owns what is wrong or risky with the times of a token (RFC 7519 §4.1.4 to §4.1.6).

import { dateOf, distance, length } from '../time.ts';
import type { Facts, Finding } from './finding.ts';

const daySec = 86_400;
/** Clocks differ by this much without being wrong. */
const clockToleranceSec = 60;

function wrong(sentence: string): Finding {
  return { level: 'wrong', sentence };
}

function malformed({ token, texts: { findings } }: Facts): Finding[] {
  return ['exp', 'nbf', 'iat'].flatMap((name) => {
    const value = token.payload[name];
    if (value === undefined) return [];
    if (typeof value !== 'number' || dateOf(value) === undefined) return [wrong(findings.noTime(name))];
    return value > 1e11 ? [wrong(findings.milliseconds(name))] : [];
  });
}

function timeOf({ payload }: Facts['token'], name: string): number | undefined {
  const value = payload[name];
  return typeof value === 'number' && dateOf(value) !== undefined ? value : undefined;
}

/** Tokens that live for one exchange only have no lifetime to speak of. */
const shortLived = ['idToken', 'accessToken', 'logoutToken', 'clientAssertion', 'requestObject', 'unknown'];

export function timeFindings(facts: Facts): Finding[] {
  const { token, kind, texts, nowSec, locale } = facts;
  const [exp, nbf, iat] = ['exp', 'nbf', 'iat'].map((name) => timeOf(token, name));
  const told = (seconds: number, sentence: (distance: string, date: string) => string) =>
    wrong(sentence(distance(seconds - nowSec, locale), String(dateOf(seconds))));
  const list = malformed(facts);
  if (exp !== undefined && exp <= nowSec) list.push(told(exp, texts.findings.expired));
  if (nbf !== undefined && nbf > nowSec + clockToleranceSec) list.push(told(nbf, texts.findings.notYet));
  if (iat !== undefined && iat > nowSec + clockToleranceSec) list.push(told(iat, texts.findings.issuedInFuture));
  if (exp !== undefined && iat !== undefined && exp < iat) list.push(wrong(texts.findings.expBeforeIat));
  if (!shortLived.includes(kind)) return list;
  if (token.payload['exp'] === undefined) list.push({ level: 'risk', sentence: texts.findings.noExp });
  const lifetime = (exp ?? 0) - (iat ?? nowSec);
  if (lifetime > daySec) list.push({ level: 'risk', sentence: texts.findings.longLife(length(lifetime, locale)) });
  return list;
}
