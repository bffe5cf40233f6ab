// Owns `warifu jwt verify`: whether a token may be trusted, and which check failed if not.
import { exitCodes } from '../../command.ts';
import { invalid, misused } from '../../refused.ts';
import { type Check, checkClaims, type Expectation } from '../check.ts';
import { discover } from '../discovery.ts';
import { readTokenArgument } from '../input.ts';
import { type KeySource, keyFile, keySet, type SecretOptions, secretOptions, secretSource } from '../keys.ts';
import { readable } from '../readable.ts';
import { type Action, print, readOptions, type Session } from '../session.ts';
import { checkSignature } from '../signature.ts';
import type { SignedToken } from '../token.ts';

interface Options extends SecretOptions {
  readonly jwks?: string | undefined;
  readonly key?: string | undefined;
  readonly issuer?: string | undefined;
  readonly audience?: string[] | undefined;
  readonly 'clock-tolerance'?: string | undefined;
}

const options = {
  ...secretOptions,
  jwks: { type: 'string' },
  key: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string', multiple: true },
  alg: { type: 'string', multiple: true },
  'clock-tolerance': { type: 'string' },
} as const;

function toleranceOf(text: string, { texts }: Session): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) > 3600) throw misused(texts.usage.tolerance);
  return Number(text);
}

interface Trust {
  readonly source: KeySource;
  readonly issuer: string | undefined;
}

/** The user says whom to trust; the token is never asked. */
async function trustOf(named: Options, token: SignedToken, session: Session): Promise<Trust> {
  const { usage } = session.texts;
  const sources = [named.jwks, named.key, named['secret-file'], named['secret-env']].filter((one) => one !== undefined);
  if (sources.length > 1) throw misused(usage.oneKey);
  const secret = await secretSource(named, session);
  if (secret) return { source: secret, issuer: named.issuer };
  if (named.key !== undefined) return { source: await keyFile(named.key, session), issuer: named.issuer };
  if (named.jwks !== undefined) return { source: await keySet(named.jwks, session), issuer: named.issuer };
  if (named.issuer !== undefined) {
    const { issuer, jwksUrl } = await discover(named.issuer, session);
    return { source: await keySet(jwksUrl, session), issuer };
  }
  const { iss } = token.payload;
  const hint = typeof iss === 'string' && /^https?:\/\/[\w.~:/[\]-]+$/.test(iss) ? `\n${usage.tokenIssuer(iss)}` : '';
  throw misused(`${usage.noKey}${hint}`);
}

const marks = { passed: '✔', failed: '✖', skipped: '-' } as const;
const styles = { passed: 'green', failed: 'red', skipped: 'dim' } as const;

function line({ name, state, sentence }: Check, { paint, texts }: Session): string {
  return `${paint(styles[state], marks[state])} ${texts.verify.names[name]}: ${sentence}`;
}

function report(checks: readonly Check[], session: Session): void {
  const { paint, texts } = session;
  const failures = checks.filter(({ state }) => state === 'failed');
  const warnings = checks.flatMap(({ warning }) => (warning === undefined ? [] : [paint('yellow', warning)]));
  const remedies = failures.flatMap(({ remedy }) => (remedy === undefined ? [] : [texts.verify.todo(remedy)]));
  const verdict =
    failures.length === 0 ? paint(['bold', 'green'], texts.verify.valid) : paint(['bold', 'red'], texts.verify.invalid);
  print(session, [verdict, ...checks.map((check) => line(check, session)), ...warnings, ...remedies]);
}

/** What an unverified token says is not worth judging. */
function claimChecks(signature: Check, token: SignedToken, expected: Expectation, session: Session): Check[] {
  const checks = checkClaims(token, expected, session.texts, session);
  if (signature.state === 'passed') return checks;
  return checks.map(({ name }) => ({ name, state: 'skipped', sentence: session.texts.verify.notReached }));
}

export const verify: Action = {
  name: 'verify',
  async run(session, args) {
    const { values, positionals } = readOptions(session, args, options);
    const toleranceSec = toleranceOf(values['clock-tolerance'] ?? '60', session);
    const token = readable(await readTokenArgument(session, positionals), session.texts);
    if (token.form === 'jwe') throw invalid(session.texts.kinds.encrypted);
    const { source, issuer } = await trustOf(values, token, session);
    const signature = await checkSignature(token, source, values.alg ?? [], session.texts);
    const expected = { issuer, audiences: values.audience ?? [], toleranceSec };
    const checks = [signature, ...claimChecks(signature, token, expected, session)];
    report(checks, session);
    return checks.some(({ state }) => state === 'failed') ? exitCodes.refused : exitCodes.ok;
  },
};
