// Owns the CIBA grant, where the application polls (CIBA Core §10.1).
import { decoupledGrant } from '../decoupled-grant.ts';

export const ciba = decoupledGrant(
  'urn:openid:params:grant-type:ciba',
  { kind: 'ciba', parameter: 'auth_req_id', status: 400 },
  { success: 'ciba_exchange_succeeded', failure: 'ciba_exchange_failed' },
);
