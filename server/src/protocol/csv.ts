// Owns lines of CSV (RFC 4180) that no spreadsheet takes for formulas (OWASP, CSV Injection).

/** What a spreadsheet begins a formula with, the full-width forms of Japanese and Chinese ones among it. */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isFormula = formula.test(text);
  const safe = isFormula ? `'${text}` : text;
  return isFormula || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line with its end. Objects are written as JSON. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}
