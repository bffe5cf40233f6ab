// Owns the list of the development routes. They are mounted only while the issuer is a loopback address.
import type { RouteOptions } from 'fastify';
import { locales } from '#i18n/locale';
import { demoApi } from './demo-api.ts';
import { demoPage } from './demo-page.ts';
import { dataModule, demoFile, fileAddresses } from './files.ts';
import type { DevOptions } from './options.ts';
import { devTexts } from './texts.ts';
import { welcome } from './welcome.ts';

/** The welcome page, the demo application and the demo API. None of them writes anything. */
export function devRoutes(options: DevOptions): RouteOptions[] {
  const settings = { clientId: options.demoClientId, audience: options.demoAudience };
  const texts = Object.fromEntries(locales.map((locale) => [locale, devTexts[locale].client]));
  const get = (url: string, handler: RouteOptions['handler']): RouteOptions => ({
    method: 'GET',
    url,
    handler,
    config: { readOnly: true },
  });
  return [
    get('/', welcome(options)),
    get('/demo', (_request, reply) => reply.redirect('/demo/')),
    get('/demo/', demoPage),
    get('/demo/settings.js', dataModule('settings', settings)),
    get('/demo/texts.js', dataModule('texts', texts)),
    ...fileAddresses.map((url) => get(url, demoFile(url))),
    get('/demo/api/hello', demoApi(options.verifyAccessToken)),
  ];
}
