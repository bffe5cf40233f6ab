// Owns SHA-512, with or without a salt.
import { saltedDigest } from '../salted-digest.ts';

export const sha512 = saltedDigest('sha512');
