// Owns the list of the hosted pages.
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Context } from '#domain/context';
import {
  activatePath,
  approvalsPath,
  approvedPath,
  deniedPath,
  loggedOutPath,
  logoutPath,
  reviewPath,
} from '#domain/journey-paths';
import type { CookieJar } from '#http/cookies';
import { type Asset, assetCacheControl, assets } from './assets.ts';
import { review, showActivate, showApprovals, showDecided, submitActivate } from './decoupled-handlers.ts';
import { showLoggedOut, showLogout, submitLogout } from './logout-handlers.ts';
import { pathOf, showScreen, submitScreen } from './screen-handlers.ts';
import { screens } from './screens.ts';

const config = { refusals: 'page' } as const;

function sendAsset(asset: Asset) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const compressed = /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    reply.headers({
      'content-type': asset.type,
      'cache-control': assetCacheControl,
      etag: asset.etag,
      vary: 'Accept-Encoding',
    });
    if (compressed) reply.header('content-encoding', 'br');
    return reply.send(compressed ? asset.brotli : asset.body);
  };
}

export function loginRoutes(ctx: Context, cookies: CookieJar): RouteOptions[] {
  return [
    ...screens.flatMap((screen): RouteOptions[] => [
      { method: 'GET', url: pathOf(screen), handler: showScreen(ctx, cookies, screen), config },
      { method: 'POST', url: pathOf(screen), handler: submitScreen(ctx, cookies, screen), config },
    ]),
    { method: 'GET', url: activatePath, handler: showActivate(ctx), config },
    { method: 'POST', url: activatePath, handler: submitActivate(ctx, cookies), config },
    { method: 'GET', url: approvalsPath, handler: showApprovals(ctx, cookies), config },
    { method: 'GET', url: reviewPath, handler: review(ctx, cookies), config },
    { method: 'GET', url: approvedPath, handler: showDecided(ctx, approvedPath), config },
    { method: 'GET', url: deniedPath, handler: showDecided(ctx, deniedPath), config },
    { method: 'GET', url: logoutPath, handler: showLogout(ctx, cookies), config },
    { method: 'POST', url: logoutPath, handler: submitLogout(ctx, cookies), config },
    { method: 'GET', url: loggedOutPath, handler: showLoggedOut(ctx, cookies), config },
    ...[...assets].map(
      ([url, asset]): RouteOptions => ({ method: 'GET', url, handler: sendAsset(asset), config: { readOnly: true } }),
    ),
  ];
}
