// Owns how the reference begins: how to get a token, how to call, and what all answers have in common.
import { type Html, html } from '#http/html';
import { catalogues, type Locale } from '#i18n/locale';
import { withCode } from './reference-endpoint.ts';

function tokenCall(issuer: string): string {
  return `curl ${issuer}oauth/token \\
  -d grant_type=client_credentials \\
  -d audience=${issuer}api/v2/ \\
  -d client_id="$CLIENT_ID" \\
  --data-urlencode client_secret="$CLIENT_SECRET"`;
}

function oneCall(issuer: string): string {
  return `curl "${issuer}api/v2/clients?per_page=10&include_totals=true" \\
  -H "Authorization: Bearer $ACCESS_TOKEN"`;
}

function sdkLines(issuer: string): string {
  return `import { ManagementClient } from 'auth0';

const auth0 = new ManagementClient({
  domain: '${issuer.replace(/^https?:\/\//, '').replace(/\/$/, '')}',
  clientId: process.env.CLIENT_ID,
  clientSecret: process.env.CLIENT_SECRET,
});
const { data: clients } = await auth0.clients.list({ per_page: 10 });`;
}

const errorExample = JSON.stringify(
  { statusCode: 404, error: 'Not Found', message: 'The client does not exist', errorCode: 'inexistent_client' },
  null,
  2,
);

/** A block that may be scrolled sideways, by the keyboard too. */
function code(text: string, label: string): Html {
  return html`<pre tabindex="0" role="region" aria-label="${label}"><code>${text}</code></pre>`;
}

export function guide(issuer: string, locale: Locale): Html {
  const text = catalogues[locale].apiReference.guide;
  return html`<section class="guide" aria-labelledby="how-to-call"><h2 id="how-to-call">${text.title}</h2>
<p>${text.address} <code>${issuer}api/v2</code></p>
<h3>${text.token}</h3><p>${withCode(text.tokenText)}</p>${code(tokenCall(issuer), text.token)}
<h3>${text.call}</h3>${code(oneCall(issuer), text.call)}
<h3>${text.sdk}</h3><p>${withCode(text.sdkText)}</p>${code(sdkLines(issuer), text.sdk)}
<dl><dt>${text.paging}</dt><dd>${withCode(text.pagingText)}</dd>
<dt>${text.rateLimits}</dt><dd>${withCode(text.rateLimitsText)}</dd>
<dt>${text.errors}</dt><dd>${withCode(text.errorsText)}</dd></dl>${code(errorExample, text.errors)}</section>`;
}
