// Owns the refusal to work with a database.

/** The sentence says which database, why, and what to do. */
export class DatabaseRefused extends Error {
  override name = 'DatabaseRefused';
}
