// Owns one endpoint in the reference: its summary, the scopes it needs, and the members of its query and body.
import { type Html, html } from '#http/html';
import { catalogues, type Locale } from '#i18n/locale';
import { operationId, queryOf } from './openapi.ts';
import type { Endpoint } from './resource.ts';
import { object, type Schema } from './schema.ts';

/** How what is declared in English is told in the page's language; undefined where it isn't known. */
export interface Wording {
  readonly locale: Locale;
  readonly summary: (english: string) => string | undefined;
  readonly member: (english: string) => string | undefined;
}

/** Members deeper than that are left to the OpenAPI document. */
const deepest = 3;

interface Row {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

/** `string`, `array of string`, `a | b`, … */
function typeText(schema: Schema): string {
  const { type, enum: values, items, anyOf } = schema;
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(anyOf)) return anyOf.map((one) => typeText(one as Schema)).join(' | ');
  const names = [type ?? 'any'].flat().join(' | ');
  return items === undefined ? names : `${names} of ${typeText(items as Schema)}`;
}

/** The members of an object, each followed by its own: `a`, `a.b`, `list[].c`. */
function rowsOf(schema: Schema, prefix = '', depth = 1): Row[] {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Schema>;
    required?: readonly string[];
  };
  return Object.entries(properties).flatMap(([key, member]) => {
    const name = `${prefix}${key}`;
    const items = member['items'] as Schema | undefined;
    const below = depth === deepest ? [] : rowsOf(items ?? member, `${name}${items ? '[]' : ''}.`, depth + 1);
    return [{ name, schema: member, isRequired: required.includes(key) }, ...below];
  });
}

/** A text in the page's language; one that has no translation is marked as English. */
function told(english: string | undefined, translate: (english: string) => string | undefined): Html | false {
  if (english === undefined || english === '') return false;
  const translated = translate(english);
  return translated === undefined ? html`<span lang="en">${english}</span>` : html`${withCode(translated)}`;
}

/** What stands between backticks is code. */
export function withCode(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

function memberList(title: string, rows: readonly Row[], { locale, member }: Wording): Html | false {
  if (rows.length === 0) return false;
  const { required } = catalogues[locale].apiReference;
  return html`<h3>${title}</h3><dl class="members">${rows.map(
    ({ name, schema, isRequired }) =>
      html`<div><dt><code>${name}</code>${isRequired && html` <small>${required}</small>`}</dt><dd class="type"><code>${typeText(schema)}</code></dd><dd class="told">${told(schema['description'] as string | undefined, member)}</dd></div>`,
  )}</dl>`;
}

function scopesText({ scopes, selfScopes = [], everyScope = false }: Endpoint, locale: Locale): Html {
  const text = catalogues[locale].apiReference;
  const wanted = [...scopes, ...selfScopes];
  if (wanted.length === 0) return html`<p>${text.noScopes}</p>`;
  const codes = wanted.map((scope) => html`<code>${scope}</code> `);
  return html`<p>${everyScope ? text.everyScope : text.scopes} ${codes}</p>`;
}

export function endpointSection(endpoint: Endpoint, wording: Wording): Html {
  const { method, path, summary, body } = endpoint;
  const text = catalogues[wording.locale].apiReference;
  return html`<details id="${operationId(endpoint)}"><summary><span class="method ${method.toLowerCase()}">${method}</span><code>${path}</code><span class="what">${told(summary, wording.summary)}</span></summary>
<div class="inner">${scopesText(endpoint, wording.locale)}${memberList(text.query, rowsOf(object(queryOf(endpoint))), wording)}${
    body === 'stream' && html`<h3>${text.body}</h3><p><code>multipart/form-data</code></p>`
  }${body !== undefined && body !== 'stream' && memberList(text.body, rowsOf(body), wording)}</div></details>`;
}
