// Owns the reference of the Management API for people: one page, made from the endpoints' own declarations.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomId } from '#crypto/random';
import { pageHeaders } from '#http/headers';
import { type Html, html } from '#http/html';
import { acceptedLanguages, catalogues, chooseLocale, type Locale, locales } from '#i18n/locale';
import type { Endpoint, Resource } from './resource.ts';
import { object, type Schema } from './schema.ts';

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%, transparent); --soft: color-mix(in srgb, currentColor 6%, transparent); }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.6 system-ui, 'Noto Sans JP', sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; border-bottom: 1px solid var(--line); }
nav ul { columns: 14rem; padding-left: 1.2rem; } .languages { float: right; } .languages a { margin-left: .75rem; }
details { border-bottom: 1px solid var(--line); } summary { cursor: pointer; padding: .5rem 0; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4.5rem; font-weight: 700; } .what { opacity: .75; margin-left: .5rem; }
code { font-family: ui-monospace, monospace; font-size: .9em; } .inner { padding: 0 0 1rem 1rem; }
table { border-collapse: collapse; width: 100%; display: block; overflow-x: auto; } td, th { text-align: left; padding: .25rem .75rem .25rem 0; vertical-align: top; }
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--soft); border-radius: .5rem; }
a { color: inherit; } a:focus-visible, summary:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
`;

/** `string`, `array of string`, `a | b`, … */
function typeText(schema: Schema): string {
  const { type, enum: values, items, anyOf } = schema;
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => typeText(one as Schema)).join(' | ');
  const names = [type ?? 'any'].flat().join(' | ');
  return items === undefined ? names : `${names} of ${typeText(items as Schema)}`;
}

interface Row {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

function rowsOf(schema: Schema): Row[] {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Schema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, member]) => ({
    name,
    schema: member,
    isRequired: required.includes(name),
  }));
}

function table(title: string, rows: readonly Row[], required: string): Html | false {
  if (rows.length === 0) return false;
  return html`<h3>${title}</h3><table><tbody>${rows.map(
    ({ name, schema, isRequired }) =>
      html`<tr><td><code>${name}</code>${isRequired && html` <small>${required}</small>`}</td><td><code>${typeText(schema)}</code></td><td lang="en">${schema['description'] as string | undefined}</td></tr>`,
  )}</tbody></table>`;
}

function endpointSection(
  { method, path, summary, scopes, selfScopes = [], query = {}, body }: Endpoint,
  locale: Locale,
): Html {
  const text = catalogues[locale].apiReference;
  const wanted = [...scopes, ...selfScopes];
  return html`<details><summary><span class="method">${method}</span><code>${path}</code><span class="what" lang="en">${summary}</span></summary>
<div class="inner"><p>${text.scopes} ${wanted.length === 0 ? text.noScopes : html`<code>${wanted.join(' | ')}</code>`}</p>
${table(text.query, rowsOf(object(query)), text.required)}
${body !== undefined && body !== 'stream' && table(text.body, rowsOf(body), text.required)}</div></details>`;
}

function languageSwitch(current: Locale): Html {
  const others = locales.filter((locale) => locale !== current);
  return html`<p class="languages">${others.map(
    (locale) =>
      html`<a href="?ui_locales=${locale}" lang="${locale}" hreflang="${locale}">${catalogues[locale].language}</a>`,
  )}</p>`;
}

function howToCall(issuer: string, locale: Locale): Html {
  const text = catalogues[locale].apiReference;
  const curl = `curl ${issuer}oauth/token -d grant_type=client_credentials \\
  -d client_id=… -d client_secret=… -d audience=${issuer}api/v2/
curl ${issuer}api/v2/users -H 'authorization: Bearer …'`;
  const sdk = `import { ManagementClient } from 'auth0';
const auth0 = new ManagementClient({ domain: '${new URL(issuer).host}', clientId: '…', clientSecret: '…' });
const { data } = await auth0.users.list();`;
  return html`<section><h2>${text.call}</h2><p>${text.token}</p><pre tabindex="0"><code>${curl}</code></pre>
<p>${text.sdk}</p><pre tabindex="0"><code>${sdk}</code></pre><p>${text.paging}</p><p>${text.errors}</p></section>`;
}

const byName = (one: Resource, other: Resource) => (one.name < other.name ? -1 : 1);

function page(all: readonly Resource[], issuer: string, locale: Locale, nonce: string): Html {
  const text = catalogues[locale].apiReference;
  const resources = all.toSorted(byName);
  return html`<!doctype html>
<html lang="${locale}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${text.title} · Warifu</title>
<style nonce="${nonce}">${{ html: style }}</style></head>
<body><main>${languageSwitch(locale)}<h1>${text.title}</h1><p>${text.lead}</p><p><a href="openapi.json"><code>openapi.json</code></a></p>
${howToCall(issuer, locale)}
<h2>${text.resources}</h2><nav aria-label="${text.resources}"><ul>${resources.map(({ name }) => html`<li><a href="#${name}">${name}</a></li>`)}</ul></nav>
${resources.map(
  ({ name, endpoints }) =>
    html`<section id="${name}"><h2>${name}</h2>${endpoints.map((endpoint) => endpointSection(endpoint, locale))}</section>`,
)}</main></body></html>`;
}

/** The page, in the language that is asked for: by `ui_locales`, else as the browser prefers. */
export function sendReference(
  resources: readonly Resource[],
  issuer: string,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const asked = new URLSearchParams(request.url.split('?')[1]).get('ui_locales')?.split(' ') ?? [];
  const locale = chooseLocale([...asked, ...acceptedLanguages(request.headers['accept-language'])], 'en');
  const nonce = randomId();
  return reply.headers(pageHeaders({ nonce })).send(page(resources, issuer, locale, nonce).html);
}
