// Owns /api/v2/keys.
import type { Resource } from '../resource.ts';
import { keysCustomSigning } from './keys-custom-signing.ts';
import { keysEncryption } from './keys-encryption.ts';
import { keysSigning } from './keys-signing.ts';

export const keys: Resource = { name: 'keys', endpoints: [...keysSigning, ...keysEncryption, ...keysCustomSigning] };
