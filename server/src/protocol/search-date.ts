// Owns how dates are written in searches: as much of one as matters, which stands for all the time that it names.

/** A stretch of time in epoch milliseconds: `end` is the first moment after it. */
export interface TimeSpan {
  readonly start: number;
  readonly end: number;
}

const form =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/;

const minute = 60_000;

/** In milliseconds: what must be added for UTC. */
function offsetOf(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const [hours, minutes] = [zone.slice(1, 3), zone.slice(-2)].map(Number) as [number, number];
  const ahead = (hours * 60 + (zone.length > 3 ? minutes : 0)) * minute;
  return zone.startsWith('+') ? -ahead : ahead;
}

/** Whether the parts name a moment that the calendar and the clock have. */
function exists(start: number, [year, month, day, hour, min, second]: readonly number[]): boolean {
  const date = new Date(start);
  const read = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()];
  return [...read, ...clock].every((value, index) => value === [year, month, day, hour, min, second][index]);
}

/** Reads `2017`, `2017-12`, `2017-12-31`, … `2017-12-31T23:59:59.999Z`, or epoch milliseconds. Undefined for others. */
export function readSearchDate(text: string): TimeSpan | undefined {
  if (/^-?\d{5,15}$/.test(text)) return { start: Number(text), end: Number(text) + 1 };
  const found = form.exec(text);
  if (!found) return undefined;
  const texts = found.slice(1, 7);
  const [year = 0, month = 1, day = 1, hour = 0, min = 0, second = 0] = texts.map((part) =>
    part === undefined ? undefined : Number(part),
  );
  const at = (...parts: readonly [number, number, number, number, number, number]) => {
    const date = new Date(0);
    date.setUTCFullYear(parts[0], parts[1] - 1, parts[2]);
    date.setUTCHours(parts[3], parts[4], parts[5], 0);
    return date.getTime();
  };
  const whole = at(year, month, day, hour, min, second);
  if (!exists(whole, [year, month, day, hour, min, second])) return undefined;
  const offset = offsetOf(found[8]);
  const fraction = found[7];
  if (fraction !== undefined) {
    const start = whole + Math.floor(Number(`0.${fraction}`) * 1000) + offset;
    return { start, end: start + 1 };
  }
  const precision = texts.filter((part) => part !== undefined).length;
  const end = at(
    year + (precision === 1 ? 1 : 0),
    month + (precision === 2 ? 1 : 0),
    day + (precision === 3 ? 1 : 0),
    hour + (precision === 4 ? 1 : 0),
    min + (precision === 5 ? 1 : 0),
    second + (precision === 6 ? 1 : 0),
  );
  return { start: whole + offset, end: end + offset };
}
