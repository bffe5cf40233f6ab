// Owns SHA-256, with or without a salt.
import { saltedDigest } from '../salted-digest.ts';

export const sha256 = saltedDigest('sha256');
