// Owns MD4, with or without a salt.
import { saltedDigest } from '../salted-digest.ts';

export const md4 = saltedDigest('md4');
