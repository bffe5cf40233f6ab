// Owns HTML as a value: a tagged template that escapes whatever is put into it.

/** A piece of HTML that is safe to send as it is. */
export interface Html {
  readonly html: string;
}

type Fragment = Html | string | number | false | null | undefined | readonly Fragment[];

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] as string);
}

function render(fragment: Fragment): string {
  if (fragment === false || fragment === null || fragment === undefined) return '';
  if (typeof fragment === 'string') return escapeText(fragment);
  if (typeof fragment === 'number') return String(fragment);
  if ('html' in fragment) return fragment.html;
  return fragment.map(render).join('');
}

/**
 * Builds HTML from a template. Strings are escaped for element content and for quoted attributes;
 * arrays are joined; `false`, `null` and `undefined` leave nothing. An attribute must be quoted.
 */
export function html(strings: TemplateStringsArray, ...fragments: readonly Fragment[]): Html {
  let out = strings[0] as string;
  fragments.forEach((fragment, index) => {
    out += render(fragment) + (strings[index + 1] as string);
  });
  return { html: out };
}
