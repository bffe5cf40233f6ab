// Owns the demo application's page: everything that stands still. client/app.js shows and fills its parts.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Html, html } from '#http/html';
import { logo, sendPage } from './layout.ts';
import { pageLocale } from './locale.ts';
import type { DevTexts } from './texts/en.ts';
import { devTexts } from './texts.ts';

type Text = DevTexts['demo'];

const button = (id: string, label: string, kind = '') =>
  html`<button type="button" class="button ${kind}" id="${id}" data-testid="${id}">${label}</button>`;

function signedOut(text: Text): Html {
  return html`<section id="signed-out" class="card start" hidden>
    <h1>${text.signedOutTitle}</h1>
    <p class="lead">${text.signedOutLead}</p>
    <p class="buttons">${button('login', text.logIn, 'primary large')}${button('signup', text.signUp, 'large')}</p>
    <h2>${text.steps}</h2>
    <ol class="steps"><li>${text.step1}</li><li>${text.step2}</li><li>${text.step3}</li></ol>
  </section>`;
}

function signedIn(text: Text): Html {
  return html`<section id="signed-in" class="card session" hidden>
    <div class="user">
      <span class="avatar" id="user-avatar" aria-hidden="true"></span>
      <div>
        <h1 id="user-name" data-testid="user-name"></h1>
        <p class="muted" id="user-detail"></p>
      </div>
      ${button('logout', text.logOut)}
    </div>
    <h2>${text.actions}</h2>
    <p class="buttons">${button('call-api', text.callApi, 'primary')}${button('call-api-id-token', text.callApiIdToken)}${button('refresh', text.refresh)}${button('take-back', text.takeBack)}</p>
    <div id="api-result" data-testid="api-result" role="status"></div>
  </section>`;
}

function token(id: string, title: string, purpose: string): Html {
  return html`<article class="card token" id="${id}" data-testid="${id}" aria-labelledby="${id}-title">
    <h3 id="${id}-title">${title}</h3>
    <p>${purpose}</p>
    <div data-parts></div>
  </article>`;
}

function calls(text: Text): Html {
  return html`<section class="card calls" aria-labelledby="calls-title">
    <div class="row"><h2 id="calls-title">${text.calls}</h2>${button('clear-calls', text.clearCalls, 'small')}</div>
    <p class="muted">${text.callsHint}</p>
    <ol id="calls" data-testid="calls" aria-labelledby="calls-title"></ol>
    <p class="muted" id="no-calls">${text.noCalls}</p>
  </section>`;
}

/** `GET /demo/` */
export function demoPage(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const locale = pageLocale(request, reply);
  const text = devTexts[locale].demo;
  return sendPage(reply, {
    locale,
    title: text.title,
    scripts: ['/demo/app.js'],
    place: text.title,
    main: html`
<noscript><p class="card problem">${text.noscript}</p></noscript>
<div id="problem" data-testid="problem" class="card problem" role="alert" hidden></div>
<div class="columns">
  <div class="stage">
    <p id="checking" class="card muted" role="status" hidden>${text.checking}</p>
    ${signedOut(text)}
    ${signedIn(text)}
  </div>
  ${calls(text)}
</div>
<section id="tokens" hidden aria-labelledby="tokens-title">
  <h2 id="tokens-title">${text.tokens}</h2>
  <div class="tokens">${token('id-token', text.idToken, text.idTokenFor)}${token('access-token', text.accessToken, text.accessTokenFor)}</div>
</section>
<template id="tally">${logo}</template>`,
    footer: html`<a href="/demo/app.js">${text.source}</a>`,
  });
}
