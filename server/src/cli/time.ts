// Owns times in words: dates, distances from now, and durations that a user types.
import type { Locale } from '#i18n/locale';

const secondsIn = { second: 1, minute: 60, hour: 3600, day: 86_400, month: 2_629_746, year: 31_556_952 } as const;
type Unit = keyof typeof secondsIn;

/** Beyond this a smaller unit would say more than anybody wants to know. */
const limits: readonly (readonly [Unit, number])[] = [
  ['second', 90],
  ['minute', 90 * 60],
  ['hour', 36 * 3600],
  ['day', 60 * 86_400],
  ['month', 24 * 2_629_746],
];

function unitFor(seconds: number): Unit {
  return limits.find(([, limit]) => Math.abs(seconds) < limit)?.[0] ?? 'year';
}

/** A claim's time as a date, `2026-01-31 09:00:00 UTC`; undefined for what no calendar reaches. */
export function dateOf(seconds: number): string | undefined {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return undefined;
  return `${date.toISOString().replace('T', ' ').slice(0, -5)} UTC`;
}

/** "in 2 hours", "3 days ago". */
export function distance(seconds: number, locale: Locale): string {
  const unit = unitFor(seconds);
  return new Intl.RelativeTimeFormat(locale).format(Math.trunc(seconds / secondsIn[unit]), unit);
}

/** "2 hours". */
export function length(seconds: number, locale: Locale): string {
  const unit = unitFor(seconds);
  const value = Math.trunc(seconds / secondsIn[unit]);
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
}

const letters: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds of `90`, `90s`, `15m`, `1h`, `7d` or `2w`; undefined for anything else, and for nothing at all. */
export function parseDuration(text: string): number | undefined {
  const [, digits, letter = 's'] = /^(\d{1,9})([smhdw])?$/.exec(text) ?? [];
  const seconds = Number(digits) * (letters[letter] ?? Number.NaN);
  return seconds > 0 ? seconds : undefined;
}
