// Owns who may read the revocation feed, and how many at once may follow it.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isPublic } from '#protocol/client';
import { invalidClient } from '#protocol/client-auth';
import { invalidRequest } from '#protocol/oauth-error';
import { authenticateClient } from './client-authentication.ts';
import type { Edge } from './route.ts';

/** Anybody: the feed tells nobody whom it is about. Or applications that prove who they are. */
export type RevocationReaders = 'anyone' | 'clients';

const mostStreams = 5000;
/** The API servers behind one address. */
const mostOfAddress = 200;

export interface FeedAccess {
  readonly readers: RevocationReaders;
  /** Counts a stream until its answer is closed; false when there are too many, all together or from one address. */
  admit(request: FastifyRequest, reply: FastifyReply): boolean;
  /** Ends every stream: their readers go to another node, or come back. */
  end(): void;
}

export function createFeedAccess(readers: RevocationReaders): FeedAccess {
  const open = new Set<FastifyReply['raw']>();
  const byAddress = new Map<string, number>();
  return {
    readers,
    admit: ({ clientAddress: ip }, { raw }) => {
      const others = byAddress.get(ip) ?? 0;
      if (open.size >= mostStreams || others >= mostOfAddress) return false;
      open.add(raw);
      byAddress.set(ip, others + 1);
      raw.once('close', () => {
        open.delete(raw);
        const left = (byAddress.get(ip) ?? 1) - 1;
        if (left === 0) byAddress.delete(ip);
        else byAddress.set(ip, left);
      });
      return true;
    },
    end: () => {
      for (const raw of open) raw.end();
    },
  };
}

/** Throws invalid_client for who may not read the feed. */
export async function admitReader(edge: Edge, request: FastifyRequest): Promise<void> {
  if (edge.feed.readers === 'anyone') return;
  const client = await authenticateClient(edge, request, new Map());
  if (isPublic(client)) throw invalidClient('an application that keeps no secret');
}

const wholeNumber = /^(?:0|[1-9][0-9]{0,15})$/;

/** The position after which somebody wants to read. Throws invalid_request. */
export function positionFrom(text: string | undefined): number {
  if (text === undefined || text === '') return 0;
  if (!wholeNumber.test(text)) throw invalidRequest('"after" is a position: a whole number that the feed has told.');
  return Number(text);
}
