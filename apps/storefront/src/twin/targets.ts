import type { Target } from './messages.ts';

const CONTROLS = 'a[href], button, input, select, textarea, summary, [role="switch"]';

/** The control that an event is about; undefined for one that each shop has for itself (`data-twin="off"`). */
export function controlOf(target: EventTarget | null): HTMLElement | undefined {
  const control = target instanceof Element ? target.closest<HTMLElement>(CONTROLS) : null;
  return control && !control.closest('[data-twin="off"]') ? control : undefined;
}

export function targetOf(control: HTMLElement): Target {
  const name = nameOf(control);
  return { name, index: named(name).indexOf(control) };
}

/** The same control in this shop, if it is there. */
export const findTarget = ({ name, index }: Target): HTMLElement | undefined => named(name)[index];

const named = (name: string): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>(CONTROLS)].filter((control) => nameOf(control) === name);

/** Numbers differ between the shops: what is left of a product, the time, an order's number. */
function nameOf(control: HTMLElement): string {
  const { twin } = control.dataset;
  if (twin !== undefined) return twin;
  const own = control.getAttribute('aria-label') ?? (control.id || control.getAttribute('name') || control.textContent);
  const value = control instanceof HTMLInputElement && control.type === 'radio' ? ` ${control.value}` : '';
  return `${control.tagName} ${own.trim().replaceAll(/\d+/g, '#')}${value}`;
}
