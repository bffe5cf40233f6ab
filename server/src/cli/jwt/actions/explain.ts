// Owns `warifu jwt explain`: a token in plain words.
import { hmacAlgorithms, signatureAlgorithms } from '#crypto/key-text';
import type { Members } from '#protocol/json-text';
import { exitCodes } from '../../command.ts';
import { dateOf, distance } from '../../time.ts';
import type { Finding } from '../finding.ts';
import { encryptedFindings, findingsOf } from '../findings.ts';
import { readTokenArgument } from '../input.ts';
import { kindOf } from '../kind.ts';
import { readable } from '../readable.ts';
import { type Action, print, readOptions, type Session } from '../session.ts';
import type { EncryptedToken, SignedToken } from '../token.ts';
import { brief, timeNote } from '../value.ts';

const styles = { wrong: ['bold', 'red'], risk: ['bold', 'yellow'], note: 'bold' } as const;

function algorithmMeaning(alg: unknown, { algorithms }: Session['texts']): string {
  const name = String(alg);
  if (name.toLowerCase() === 'none') return algorithms.none;
  if (hmacAlgorithms.includes(name)) return algorithms.HS;
  return signatureAlgorithms.includes(name) ? algorithms.public : algorithms.unknown;
}

function meaningOf(table: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function explained(members: Members, session: Session, meaning: (name: string, value: unknown) => string): string[] {
  return Object.entries(members).flatMap(([name, value]) => {
    const note = timeNote(name, value, session);
    const beside = note === undefined ? '' : `  ${session.paint('dim', `← ${note}`)}`;
    return [`  ${session.paint('cyan', brief(name))}  ${brief(value)}${beside}`, `      ${meaning(name, value)}`];
  });
}

function headerLines(token: SignedToken | EncryptedToken, session: Session): string[] {
  const { texts, paint } = session;
  const lines = explained(token.header, session, (name, value) => {
    if (name === 'alg' && token.form === 'jws') return algorithmMeaning(value, texts);
    return meaningOf(texts.headerParameters, name) ?? texts.ownParameter;
  });
  return [paint('bold', texts.explain.header), ...lines, ''];
}

function claimLines({ payload }: SignedToken, session: Session): string[] {
  const { texts, paint } = session;
  const lines = explained(payload, session, (name) => {
    const custom = /^[a-z]+:/i.test(name) ? texts.namespacedClaim : texts.ownClaim;
    return meaningOf(texts.claims, name) ?? custom;
  });
  return [paint('bold', texts.explain.claims), ...lines, ''];
}

/** The four questions that everybody asks first. */
function summary({ payload }: SignedToken, { texts, nowSec, locale }: Session): string[] {
  const { explain } = texts;
  const lines: string[] = [];
  const say = (value: unknown, sentence: (value: string) => string) => {
    if (value !== undefined) lines.push(sentence(brief(value)));
  };
  say(payload['iss'], explain.issuer);
  say(
    Array.isArray(payload['aud']) ? texts.list(payload['aud'].map((one) => brief(one))) : payload['aud'],
    explain.audience,
  );
  say(payload['sub'], explain.subject);
  say(payload['azp'] ?? payload['client_id'], explain.application);
  const { exp } = payload;
  const date = typeof exp === 'number' ? dateOf(exp) : undefined;
  if (typeof exp === 'number' && date !== undefined) {
    lines.push((exp > nowSec ? explain.expires : explain.expired)(distance(exp - nowSec, locale), date));
  }
  return [...lines, ''];
}

function findingLines(findings: readonly Finding[], { texts, paint }: Session): string[] {
  if (findings.length === 0) return [texts.explain.nothing, ''];
  const lines = findings.map(
    ({ level, sentence }) => `  ${paint(styles[level], `[${texts.explain.levels[level]}]`)} ${sentence}`,
  );
  return [paint('bold', texts.explain.findings), ...lines, ''];
}

function verification({ payload, header }: SignedToken, { texts }: Session): string[] {
  const isShared = hmacAlgorithms.includes(String(header['alg']));
  const { iss } = payload;
  const key = typeof iss === 'string' && /^https?:\/\/[\w.~:/[\]-]+$/.test(iss) ? `--issuer ${iss}` : '--key <file>';
  return [texts.explain.unverified, `  warifu jwt verify ${isShared ? '--secret-file <file>' : key}`];
}

function signedLines(token: SignedToken, session: Session): string[] {
  return [
    session.paint('bold', session.texts.kinds[kindOf(token)]),
    '',
    ...summary(token, session),
    ...findingLines(findingsOf(token, session.texts, session), session),
    ...headerLines(token, session),
    ...claimLines(token, session),
    ...verification(token, session),
  ];
}

function encryptedLines(token: EncryptedToken, session: Session): string[] {
  const findings = encryptedFindings(token, session.texts);
  return [
    session.paint('bold', session.texts.kinds.encrypted),
    '',
    ...(findings.length === 0 ? [] : findingLines(findings, session)),
    ...headerLines(token, session).slice(0, -1),
  ];
}

export const explain: Action = {
  name: 'explain',
  async run(session, args) {
    const { positionals } = readOptions(session, args, {});
    const token = await readTokenArgument(session, positionals);
    if (token.form === 'refresh') {
      print(session, [session.texts.kinds.refresh]);
      return exitCodes.ok;
    }
    const shown = readable(token, session.texts);
    print(session, shown.form === 'jws' ? signedLines(shown, session) : encryptedLines(shown, session));
    return exitCodes.ok;
  },
};
