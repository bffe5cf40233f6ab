// Owns the forms of identifiers: how one is made, and how one in a path is judged.
import { randomAlphanumeric, randomHex, randomUuid } from '#crypto/random';
import { type Schema, text } from './schema.ts';

export interface IdForm {
  /** The format's name, as refusals tell it. */
  readonly format: string;
  readonly pattern: RegExp;
  readonly make: () => string;
}

/** A prefix and so many letters and digits, as most of Auth0's. */
export function prefixed(format: string, prefix: string, length: number): IdForm {
  return {
    format,
    pattern: new RegExp(`^${prefix}[A-Za-z0-9]{${length}}$`),
    make: () => prefix + randomAlphanumeric(length),
  };
}

export function uuid(format: string): IdForm {
  return { format, pattern: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/, make: randomUuid };
}

export function hex(format: string, bytes: number): IdForm {
  return { format, pattern: new RegExp(`^[\\da-f]{${bytes * 2}}$`), make: () => randomHex(bytes) };
}

/** An id in a path whose form is checked: another one is a 400 with Auth0's sentence, not a 404. */
export function idText({ format, pattern }: IdForm, description: string): Schema<string> {
  return text({ format, pattern: pattern.source, description });
}
