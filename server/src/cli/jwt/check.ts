// Owns the checks of a token's claims: times, issuer, audience (RFC 7519 §4.1).

import { dateOf, distance } from '../time.ts';
import type { JwtTexts } from './texts/en.ts';
import type { SignedToken } from './token.ts';
import { brief, type Look } from './value.ts';

export interface Check {
  readonly name: keyof JwtTexts['verify']['names'];
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly sentence: string;
  /** What the user can do about a failure. */
  readonly remedy?: string;
  /** What is not right, though it fails nothing. */
  readonly warning?: string;
}

export interface Expectation {
  readonly issuer: string | undefined;
  /** One of them is enough; none is no expectation. */
  readonly audiences: readonly string[];
  readonly toleranceSec: number;
}

interface Facts extends Look {
  readonly payload: SignedToken['payload'];
  readonly expected: Expectation;
  readonly texts: JwtTexts;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && dateOf(value) !== undefined;
}

function checkTimes({ payload, expected: { toleranceSec }, texts: { verify }, nowSec, locale }: Facts): Check {
  const failed = (sentence: string, remedy: string): Check => ({ name: 'time', state: 'failed', sentence, remedy });
  const malformed = ['exp', 'nbf'].find((name) => payload[name] !== undefined && !isTime(payload[name]));
  if (malformed !== undefined) return failed(verify.noTime(malformed), verify.noTimeRemedy);
  const { exp, nbf } = payload;
  const told = (seconds: number) => [distance(seconds - nowSec, locale), String(dateOf(seconds))] as const;
  if (isTime(exp) && exp <= nowSec - toleranceSec) return failed(verify.expired(...told(exp)), verify.expiredRemedy);
  if (isTime(nbf) && nbf > nowSec + toleranceSec) return failed(verify.notYet(...told(nbf)), verify.notYetRemedy);
  const sentence = isTime(exp) ? verify.expires(...told(exp)) : verify.neverExpires;
  return { name: 'time', state: 'passed', sentence };
}

function checkIssuer({ payload, expected: { issuer }, texts: { verify } }: Facts): Check {
  if (issuer === undefined) return { name: 'issuer', state: 'skipped', sentence: verify.notChecked('--issuer') };
  const { iss } = payload;
  if (iss === issuer) return { name: 'issuer', state: 'passed', sentence: brief(iss) };
  const given = iss === undefined ? verify.missing : brief(iss);
  const sentence = verify.otherIssuer(given, brief(issuer));
  return { name: 'issuer', state: 'failed', sentence, remedy: verify.otherIssuerRemedy };
}

function checkAudience({ payload, expected: { audiences }, texts }: Facts): Check {
  const { verify, list } = texts;
  if (audiences.length === 0) return { name: 'audience', state: 'skipped', sentence: verify.notChecked('--audience') };
  const given = payload['aud'] === undefined ? [] : [payload['aud']].flat();
  const shared = given.filter((one) => typeof one === 'string' && audiences.includes(one));
  if (shared.length > 0) return { name: 'audience', state: 'passed', sentence: list(shared.map((one) => brief(one))) };
  const named = given.length === 0 ? verify.missing : list(given.map((one) => brief(one)));
  const sentence = verify.otherAudience(named, list(audiences.map((one) => brief(one))));
  return { name: 'audience', state: 'failed', sentence, remedy: verify.otherAudienceRemedy };
}

/** The checks that need no key, in the order in which a reader makes them. */
export function checkClaims(token: SignedToken, expected: Expectation, texts: JwtTexts, look: Look): Check[] {
  const facts: Facts = { ...look, payload: token.payload, expected, texts };
  return [checkTimes(facts), checkIssuer(facts), checkAudience(facts)];
}
