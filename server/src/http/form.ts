// Owns the reading of parameters off the wire: query strings, forms and flat JSON, each name once.
import { invalidRequest } from '#protocol/oauth-error';
import { gatherParameters, type Parameters } from '#protocol/parameters';

const mostParameters = 200;

/** Parses application/x-www-form-urlencoded. Throws invalid_request for a repeated parameter or too many of them. */
export function parseForm(text: string): Parameters {
  if (text === '') return new Map();
  let count = 1;
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', at + 1)) count += 1;
  if (count > mostParameters) throw invalidRequest(`More than ${mostParameters} parameters are sent.`);
  return gatherParameters(new URLSearchParams(text));
}

/** The parameters of a request's query. */
export function queryOf(url: string): Parameters {
  const mark = url.indexOf('?');
  return mark === -1 ? new Map() : parseForm(url.slice(mark + 1));
}

/** Parses a JSON object whose values are texts, numbers or booleans: Auth0's SDKs send their forms so too. */
function parseJsonForm(text: string): Parameters {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidRequest('The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidRequest('The body must be a JSON object.');
  const pairs = Object.entries(value).map(([name, part]): [string, string] => {
    if (!['string', 'number', 'boolean'].includes(typeof part))
      throw invalidRequest(`The parameter "${name.slice(0, 64)}" must be a string.`);
    return [name, String(part)];
  });
  // Of a member that comes twice JSON.parse keeps the last. The object is flat, so every colon outside a text is a member's.
  const members = text.replace(/"(?:[^"\\]|\\.)*"/g, '').split(':').length - 1;
  if (members !== pairs.length) throw invalidRequest('A parameter is sent more than once. Send it once.');
  return gatherParameters(pairs);
}

/** What a body parser leaves for a handler that reads parameters. */
export interface FormBody {
  readonly type: 'form' | 'json';
  readonly text: string;
}

/** The parameters of a request's body. Throws invalid_request. */
export function parametersOf(body: unknown): Parameters {
  if (body === undefined || body === null) return new Map();
  const { type, text } = body as FormBody;
  return type === 'json' ? parseJsonForm(text) : parseForm(text);
}
