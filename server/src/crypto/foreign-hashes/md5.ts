// Owns MD5, with or without a salt.
import { saltedDigest } from '../salted-digest.ts';

export const md5 = saltedDigest('md5');
