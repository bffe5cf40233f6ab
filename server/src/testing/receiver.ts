// Owns the applications' ends of back-channel log-outs in tests: what reached each address, and what it answers.
import type { OutboundAnswer, OutboundRequest } from '#protocol/outbound';

export interface LogoutReceiver {
  /** To be given to `openTestTenant`. */
  readonly outbound: (request: OutboundRequest) => Promise<OutboundAnswer>;
  /** Every request, in the order of arrival. */
  readonly requests: OutboundRequest[];
  /** The addresses that were asked. */
  readonly urls: () => string[];
  /** The logout tokens that arrived at an address. */
  readonly tokens: (url: string) => string[];
  /** What an address answers from now on; 200 unless said. A function may throw or wait. */
  readonly answers: Map<string, number | (() => Promise<number>)>;
}

export function logoutReceiver(): LogoutReceiver {
  const requests: OutboundRequest[] = [];
  const answers: LogoutReceiver['answers'] = new Map();
  return {
    requests,
    answers,
    outbound: async (request) => {
      requests.push(request);
      const answer = answers.get(request.url) ?? 200;
      return { status: typeof answer === 'number' ? answer : await answer(), headers: {}, body: '' };
    },
    urls: () => requests.map(({ url }) => url),
    tokens: (url) =>
      requests
        .filter((request) => request.url === url)
        .map(({ body }) => new URLSearchParams(body).get('logout_token') ?? ''),
  };
}
