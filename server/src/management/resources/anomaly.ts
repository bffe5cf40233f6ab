// Owns /api/v2/anomaly: addresses that were blocked for what came from them.
import { ApiError } from '#protocol/api-error';
import { type Endpoint, endpoint, type Resource } from '../resource.ts';
import { anyOf, text } from '../schema.ts';

const path = '/anomaly/blocks/ips/{id}';
const address = anyOf(text({ format: 'ipv4' }), text({ format: 'ipv6' }));

/** No guard blocks addresses yet, so none is blocked. */
const endpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path,
    summary: 'Ask whether an address is blocked',
    scopes: ['read:anomaly_blocks'],
    params: { id: address },
    run: () => {
      throw new ApiError(404, 'The IP address is not currently blocked.');
    },
  }),
  endpoint({
    method: 'DELETE',
    path,
    summary: 'Unblock an address',
    scopes: ['delete:anomaly_blocks'],
    params: { id: address },
    run: () => undefined,
  }),
];

export const anomaly: Resource = { name: 'anomaly', endpoints };
