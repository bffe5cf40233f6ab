// Owns the list of the development routes. They are mounted only while the issuer is a loopback address.
import type { RouteOptions } from 'fastify';
import { locales } from '#i18n/locale';
import { demoApi } from './demo-api.ts';
import { demoPage } from './demo-page.ts';
import { dataModule, demoFile, fileAddresses } from './files.ts';
import type { DevOptions } from './options.ts';
import { devTexts } from './texts.ts';
import { welcome } from './welcome.ts';

/** The welcome page, the demo application and the demo API. */
export function devRoutes(options: DevOptions): RouteOptions[] {
  const settings = { issuer: options.issuer, clientId: options.demoClientId, audience: options.demoAudience };
  const texts = Object.fromEntries(locales.map((locale) => [locale, devTexts[locale].client]));
  return [
    { method: 'GET', url: '/', handler: welcome(options) },
    { method: 'GET', url: '/demo', handler: (_request, reply) => reply.redirect('/demo/') },
    { method: 'GET', url: '/demo/', handler: demoPage },
    { method: 'GET', url: '/demo/settings.js', handler: dataModule('settings', settings) },
    { method: 'GET', url: '/demo/texts.js', handler: dataModule('texts', texts) },
    ...fileAddresses.map((url): RouteOptions => ({ method: 'GET', url, handler: demoFile(url) })),
    { method: 'GET', url: '/demo/api/hello', handler: demoApi(options.verifyAccessToken) },
  ];
}
