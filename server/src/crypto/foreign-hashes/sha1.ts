// Owns SHA-1, with or without a salt.
import { saltedDigest } from '../salted-digest.ts';

export const sha1 = saltedDigest('sha1');
