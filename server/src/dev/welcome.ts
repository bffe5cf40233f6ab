// Owns the welcome page: what a developer finds at / after the first start.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { html } from '#http/html';
import { logo, sendPage } from './layout.ts';
import { pageLocale } from './locale.ts';
import type { DevOptions } from './options.ts';
import { devTexts } from './texts.ts';

function snippet({ issuer, demoClientId }: DevOptions): string {
  return `import { createAuth0Client } from '@auth0/auth0-spa-js';

const auth0 = await createAuth0Client({
  domain: '${issuer.replace(/\/$/, '')}',
  clientId: '${demoClientId}',
  authorizationParams: { redirect_uri: location.origin },
});
await auth0.loginWithRedirect();`;
}

/** `GET /` */
export function welcome(options: DevOptions) {
  const addresses = [
    ['issuer', options.issuer],
    ['discovery', `${options.issuer}.well-known/openid-configuration`],
    ['jwks', `${options.issuer}.well-known/jwks.json`],
  ] as const;

  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const locale = pageLocale(request, reply);
    const text = devTexts[locale].welcome;
    return sendPage(reply, {
      locale,
      title: text.title,
      main: html`
<section class="hero">
  <div class="picture">${logo}</div>
  <h1>${text.title}</h1>
  <p class="lead">${text.lead}</p>
  <p class="try"><a class="button primary large" id="try-demo" href="/demo/">${text.tryDemo}<span aria-hidden="true"> →</span></a></p>
  <p class="muted">${text.tryDemoHint}</p>
</section>
<div class="cards">
  <section class="card wide">
    <h2>${text.connect}</h2>
    <p>${text.connectHint}</p>
    <pre tabindex="0"><code>${snippet(options)}</code></pre>
    <p class="muted">${text.connectNote}</p>
  </section>
  <section class="card">
    <h2>${text.addresses}</h2>
    <dl class="addresses">${addresses.map(
      ([key, address]) =>
        html`<dt>${text[key]}</dt><dd>${
          key === 'issuer' ? html`<code>${address}</code>` : html`<a href="${address}"><code>${address}</code></a>`
        }</dd>`,
    )}</dl>
  </section>
  <section class="card">
    <h2>${text.admin}</h2>
    <p>${text.adminHint}</p>
  </section>
  <section class="card">
    <h2>${text.data}</h2>
    <p>${text.dataHint}</p>
  </section>
  <section class="card">
    <h2>${text.onlyHere}</h2>
    <p>${text.onlyHereHint}</p>
  </section>
</div>`,
    });
  };
}
