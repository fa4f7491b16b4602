/**
 * An element with attributes, listeners (functions, by the event's name) and children.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | undefined | ((event: Event) => void)>} [attributes]
 * @param {...(Node | string | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child !== undefined && child !== false) element.append(child);
  return element;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element;
}

/**
 * How long, for people: `50 s`, `31 min`, `1 h 40 min`.
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 90_000) return `${Math.max(1, Math.round(ms / 1000))} s`;
  const minutes = Math.round(ms / 60_000);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60 === 0 ? '' : `${minutes % 60} min`}`.trim();
}

/**
 * A measured number with as many digits as it is worth: `3.4`, `41`, `1,280`; a dash for none.
 * @param {number | undefined | null} value
 * @param {string} [unit]
 */
export function figure(value, unit = '') {
  if (value === undefined || value === null) return '–';
  const digits = Math.abs(value) < 10 && !Number.isInteger(value) ? 1 : 0;
  const text = value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === '' ? text : `${text} ${unit}`;
}

/**
 * @param {string | number} time
 * @returns {string} in the reader's own manner
 */
export const dateAndTime = (time) =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** @param {string | number} time */
export const clock = (time) => new Date(time).toLocaleTimeString(undefined, { timeStyle: 'short' });

/**
 * Sends a request to the lab.
 * @param {string} path
 * @param {RequestInit} [init]
 * @returns {Promise<any>} the body of the answer
 * @throws {Error} with a sentence for the person at the page
 */
export async function ask(path, init) {
  const response = await fetch(path, init).catch(() => {
    throw new Error('The lab does not answer. Does it still run?');
  });
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const faults = (body.errors ?? []).map((/** @type {{ pointer?: string, detail: string }} */ { pointer, detail }) =>
    `${pointer?.replace(/^#\/?/, '') ?? ''} ${detail}`.trim(),
  );
  throw new Error(body.detail ?? (faults.join('; ') || body.title || `The lab answered ${response.status}.`));
}
