// Owns GET /.well-known/ssf-configuration: what receivers of security events need to know (SSF 1.0 §7.1).
import { pollMethod, pushMethod } from '#protocol/security-event';
import type { Handler } from './route.ts';

export const ssfConfiguration: Handler = async ({ ctx: { issuer } }, _request, reply) =>
  reply.send({
    spec_version: '1_0',
    issuer,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    delivery_methods_supported: [pushMethod, pollMethod],
    configuration_endpoint: `${issuer}ssf/streams`,
    status_endpoint: `${issuer}ssf/status`,
    add_subject_endpoint: `${issuer}ssf/subjects/add`,
    remove_subject_endpoint: `${issuer}ssf/subjects/remove`,
    verification_endpoint: `${issuer}ssf/verify`,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  });
