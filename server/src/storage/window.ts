// Owns which part of a long list a query is asked for: by offset, or from a row on, which stays fast however long the list is.

/** The place of a row in a list that is ordered by time, and by id among those of the same time. */
export interface Mark {
  readonly at: number;
  readonly id: string;
}

export type RowWindow =
  | { readonly limit: number; readonly start: number }
  /** Undefined: from the beginning. */
  | { readonly limit: number; readonly after: Mark | undefined };
