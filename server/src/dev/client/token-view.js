// Draws a token: the raw text in three colours, and under it the same three parts decoded and explained.

import { changedClaims, decode, signatureMatches } from './tokens.js';

const locale = document.documentElement.lang;
const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const timeClaims = ['iat', 'exp', 'nbf', 'auth_time'];

/** Puts values into a sentence's {places}. */
export const fillIn = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Makes an element. Children are put in as text or elements, never parsed as HTML. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** h:mm:ss until then, or undefined when it has passed. */
function clock(untilSec) {
  const left = Math.floor(untilSec - Date.now() / 1000);
  if (left <= 0) return undefined;
  const two = (number) => String(number).padStart(2, '0');
  return `${Math.floor(left / 3600)}:${two(Math.floor(left / 60) % 60)}:${two(left % 60)}`;
}

/** When a decoded token expires, in words. */
export function expiryOf({ payload }, text) {
  const left = clock(payload.exp);
  return left ? fillIn(text.expiresIn, { clock: left }) : text.expired;
}

function countdown(untilSec, text) {
  const place = make('span', 'countdown');
  place.dataset.until = untilSec;
  const update = () => {
    place.textContent = expiryOf({ payload: { exp: untilSec } }, text);
  };
  update();
  const timer = setInterval(() => (place.isConnected ? update() : clearInterval(timer)), 1000);
  return place;
}

function claimRow(name, value, { text, explanations, changed }) {
  const values = Array.isArray(value) ? value : [value];
  const cell = make('dd', 'value', ...values.map((one) => make('code', '', JSON.stringify(one))));
  if (timeClaims.includes(name)) cell.append(make('span', 'time', dateTime.format(value * 1000)));
  if (name === 'exp') cell.append(countdown(value, text));
  const badge = changed ? make('span', 'badge', text.changed) : undefined;
  const row = make(
    'div',
    changed ? 'claim changed' : 'claim',
    make('dt', '', make('code', '', name), badge),
    cell,
    make('dd', 'meaning', explanations[name] ?? text.otherClaim),
  );
  row.dataset.claim = name;
  return row;
}

function part(kind, title, sentence, ...content) {
  return make('section', `part ${kind}`, make('h4', '', title), make('p', 'muted', sentence), ...content);
}

/** Compares the halves, and shows them come together when they match. */
function comparison(token, text) {
  const tally = document.getElementById('tally').content.cloneNode(true);
  const sentence = make('span', '', text.matching);
  const place = make('p', 'comparison', tally, sentence);
  place.dataset.testid = 'signature';
  signatureMatches(token)
    .catch(() => undefined)
    .then((matches) => {
      const outcome = matches === undefined ? 'unmatched' : matches ? 'matches' : 'mismatch';
      place.classList.add(outcome);
      sentence.textContent = text[outcome];
    });
  return place;
}

function copyButton(token, text) {
  const button = make('button', 'button small', text.copy);
  button.type = 'button';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(token);
    button.textContent = text.copied;
    setTimeout(() => (button.textContent = text.copy), 2000);
  });
  return button;
}

/** The token as it travels: three coloured parts, named for screen readers by the card's title. */
function rawToken([header, payload, signature], titleId) {
  const raw = make('code', 'raw');
  raw.append(
    make('span', 'header', header),
    '.',
    make('span', 'payload', payload),
    '.',
    make('span', 'signature', signature),
  );
  raw.dataset.testid = 'raw';
  raw.tabIndex = 0;
  raw.setAttribute('role', 'group');
  raw.setAttribute('aria-labelledby', titleId);
  return raw;
}

/**
 * Fills a token's card. If the card showed another token before, the claims that differ are marked.
 * `explanations`: what each claim of the payload means in this kind of token.
 */
export function showToken(card, token, text, explanations) {
  const shown = card.dataset.token;
  if (shown === token) return;
  const decoded = decode(token);
  const changed = shown ? changedClaims(decode(shown), decoded) : [];
  card.dataset.token = token;

  const rows = (claims, meanings, marked) =>
    make(
      'dl',
      'claims',
      ...Object.entries(claims).map(([name, value]) =>
        claimRow(name, value, { text, explanations: meanings, changed: marked.includes(name) }),
      ),
    );

  card
    .querySelector('[data-parts]')
    .replaceChildren(
      make('div', 'raw-row', rawToken(decoded.parts, card.getAttribute('aria-labelledby')), copyButton(token, text)),
      part('header', text.header, text.headerFor, rows(decoded.header, text.claims.header, [])),
      part('payload', text.payload, text.payloadFor, rows(decoded.payload, explanations, changed)),
      part(
        'signature',
        text.signature,
        fillIn(text.signatureFor, { bytes: decoded.signature.length }),
        comparison(token, text),
      ),
    );
}
