/** HTML that may go into a page as it is. Only `markup` and `trusted` make it, so text from data cannot pass for it. */
export interface Markup {
  readonly html: string;
}

/** What may stand in a template: text and numbers are escaped; undefined and false leave nothing behind. */
export type Part = Markup | string | number | undefined | false | readonly Part[];

/** A template whose every hole is escaped, unless it holds `Markup`. */
export const markup = (texts: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  trusted(texts.reduce((html, text, index) => html + rendered(parts[index - 1]) + text));

/** @param html  our own, or escaped already: nobody looks at it again */
export const trusted = (html: string): Markup => ({ html });

/** JSON for a `<script>` that is no program. Where `</script>` or `<!--` cannot occur, data cannot end the element. */
export const embeddedJson = (value: unknown): Markup =>
  trusted(JSON.stringify(value).replaceAll('<', String.raw`\u003c`));

function rendered(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(rendered).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for quoted attributes. */
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character]!);
