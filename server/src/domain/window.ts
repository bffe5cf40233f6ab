// Owns which part of a long list is asked for, for those who don't see the tables.
export type { Mark, RowWindow } from '#storage/window';
