// Owns the cases about the revocation feed: its pages and its stream.
import { type Claims, issuer, type KeyName, now, printOf, sign } from './signing.ts';

const facts = [[printOf('session:a'), now + 100, 5]] as const;

export async function pages() {
  const claims = { iss: issuer, iat: now, exp: now + 60, after: 3, position: 7, complete: true, revoked: facts };
  const typ = 'revocations+jwt';
  const page = (more: Claims = {}, header: Claims = {}, key: KeyName = 'RS256') =>
    sign({ ...claims, ...more }, { typ, ...header }, key);
  const ok = { facts, position: 7, complete: true };
  const made = [
    { name: 'a page', page: await page(), ...ok },
    { name: 'a page that is not the last', page: await page({ complete: false }), ...ok, complete: false },
    { name: 'a page without facts', page: await page({ revoked: [] }), ...ok, facts: [] },
    { name: 'members that are not known', page: await page({ more: 1 }), ...ok },
    { name: 'another type', page: await page({}, { typ: 'JWT' }), error: true },
    { name: "a stranger's", page: await page({}, { alg: 'RS256', kid: 'RS256' }, 'stranger'), error: true },
    { name: 'another issuer', page: await page({ iss: 'https://x/' }), error: true },
    { name: 'the answer to another question', page: await page({ after: 0 }), error: true },
    { name: 'expired', page: await page({ exp: now - 6 }), error: true },
    { name: 'no expiry', page: await page({ exp: undefined }), error: true },
    { name: 'no position', page: await page({ position: undefined }), error: true },
    { name: 'a negative position', page: await page({ position: -1 }), error: true },
    { name: 'no facts', page: await page({ revoked: undefined }), error: true },
    { name: 'a fingerprint that is too short', page: await page({ revoked: [['abc', now, 5]] }), error: true },
    { name: 'a fact without a position', page: await page({ revoked: [[printOf('x'), now]] }), error: true },
    { name: 'no JWT', page: 'sorry', error: true },
  ];
  return made.map((each) => ({ after: 3, ...each }));
}

export function streams() {
  const revoked = (position: number, text: string) =>
    `id: ${position}\nevent: revoked\ndata: ${JSON.stringify({ position, revoked: [[printOf(text), now + 100, position]] })}\n\n`;
  const heartbeat = (position: number) =>
    `event: heartbeat\ndata: ${JSON.stringify({ position, now: now * 1000 })}\n\n`;
  const whole = `retry: 1000\n\n${revoked(5, 'session:a')}${heartbeat(5)}${revoked(9, 'session:b')}`;
  const told = {
    facts: [
      [printOf('session:a'), now + 100, 5],
      [printOf('session:b'), now + 100, 9],
    ],
    position: 9,
    heartbeats: 1,
  };
  const split = revoked(5, 'session:a').replace('"revoked":', '\ndata: "revoked":');
  return [
    { name: 'in one piece', chunks: [whole], ...told },
    { name: 'a character at a time', chunks: [...whole], ...told },
    { name: 'lines that end with CR LF', chunks: [whole.replaceAll('\n', '\r\n')], ...told },
    { name: 'CR LF, a character at a time', chunks: [...whole.replaceAll('\n', '\r\n')], ...told },
    {
      name: 'CR LF, and pieces of nothing in between',
      chunks: [...whole.replaceAll('\n', '\r\n')].flatMap((character) => [character, '']),
      ...told,
    },
    { name: 'lines that end with CR', chunks: [whole.replaceAll('\n', '\r'), '\r'], ...told },
    { name: 'a byte order mark', chunks: [`\uFEFF${whole}`], ...told },
    { name: 'comments and fields that are not known', chunks: [`:hello\nfoo: bar\n${whole}`], ...told },
    { name: 'no space after the colon', chunks: [whole.replaceAll(': ', ':')], ...told },
    { name: 'data on several lines', chunks: [split], facts: told.facts.slice(0, 1), position: 5, heartbeats: 0 },
    { name: 'events of other names', chunks: [`event: news\ndata: {"position":99}\n\n${whole}`], ...told },
    {
      name: 'an event that is cut off',
      chunks: [whole.slice(0, -1)],
      facts: told.facts.slice(0, 1),
      position: 5,
      heartbeats: 1,
    },
  ];
}
