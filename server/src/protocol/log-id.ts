// Owns the ids of log events: 56 digits that begin with 900, the time, and the number of the event.

const timeLength = 20;
const numberLength = 33;

/** Sorted as text, ids are in the order of time; no two events have the same number. */
export function logId(date: number, seq: number): string {
  const digits = new Date(date).toISOString().replace(/\D/g, '');
  return `900${digits.padEnd(timeLength, '0')}${String(seq).padStart(numberLength, '0')}`;
}

/** The number in an id; undefined when it is no id of ours. */
export function logNumber(id: string): number | undefined {
  if (!/^900\d{53}$/.test(id)) return undefined;
  const seq = Number(id.slice(3 + timeLength));
  return Number.isSafeInteger(seq) ? seq : undefined;
}
