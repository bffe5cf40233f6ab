// Owns the device code grant (RFC 8628 §3.4).
import { decoupledGrant } from '../decoupled-grant.ts';

export const deviceCode = decoupledGrant(
  'urn:ietf:params:oauth:grant-type:device_code',
  { kind: 'device', parameter: 'device_code', status: 403 },
  { success: 'sede', failure: 'fede' },
);
