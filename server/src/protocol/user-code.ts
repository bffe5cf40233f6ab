// Owns the codes that people type from one screen into another (RFC 8628 §6.1).

/**
 * Consonants alone: they make no words, and none is taken for a digit. Eight of twenty letters are 34 bits, of which
 * attempts are counted.
 */
export const userCodeAlphabet = 'BCDFGHJKLMNPQRSTVWXZ';
export const userCodeLength = 8;

/** As it is shown: XXXX-XXXX. */
export function showUserCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The canonical form of what was typed, in whatever case and with whatever between; undefined when it is no code. */
export function readUserCode(typed: string): string | undefined {
  const code = typed
    .slice(0, 100)
    .normalize('NFKC')
    .replace(/[\s\p{Pd}\p{Pc}.・]/gu, '')
    .toUpperCase();
  const isCode = code.length === userCodeLength && [...code].every((letter) => userCodeAlphabet.includes(letter));
  return isCode ? code : undefined;
}
