import type { Span, XrayInfo } from '@twinstore/contracts';
import { onRequests, lastRequests, type SeenRequest } from '../store/requests.ts';
import { readTrace } from '../store/xray.ts';
import { isToShop, type Act, type FromShop } from './messages.ts';
import { controlOf, findTarget, targetOf } from './targets.ts';

/** The other shop may be slower to show what is to be clicked. */
const PATIENCE_MS = 6_000;
const LOOK_EVERY_MS = 100;
/** When to ask for a request's spans after its answer: what it set in motion goes on for a while. */
const ASK_AFTER_MS = { reading: [200], writing: [200, 1_000, 2_500, 5_000] };

/** Makes this shop one of two in a twin view: tells the page around it what the visitor does here and what that took, and
 *  does what the visitor does in the other one. Only for a page of one of the front doors that were started together. */
export async function mirror(): Promise<void> {
  let around: string | undefined;
  /** What was done before it was known who is around. */
  const untold: FromShop[] = [];
  const tell = (message: FromShop) => {
    if (around === undefined) untold.push(message);
    else window.parent.postMessage(message, around);
  };

  watchVisitor((act) => tell({ twin: 'did', act }));
  watchRequests((request, spans) => tell({ twin: 'asked', request, spans }));

  const answer = await fetch('/xray');
  const { doors } = (await answer.json()) as XrayInfo;
  const trusted = new Set([location.origin, ...doors.map(({ url }) => new URL(url).origin)]);
  addEventListener('message', ({ data, origin, source }) => {
    if (source !== window.parent || !trusted.has(origin) || !isToShop(data)) return;
    if (data.twin === 'do') return void perform(data.act);
    if (around !== undefined) return;
    around = origin;
    tell({ twin: 'ready' });
    for (const message of untold.splice(0)) tell(message);
  });
}

/** Only what the visitor does: events that a script makes are not trusted. */
function watchVisitor(did: (act: Act) => void): void {
  const on = <K extends keyof DocumentEventMap>(type: K, act: (event: DocumentEventMap[K]) => Act | undefined) =>
    document.addEventListener(
      type,
      (event) => {
        const done = event.isTrusted ? act(event) : undefined;
        if (done) did(done);
      },
      { capture: true },
    );
  on('click', ({ target }) => {
    const control = controlOf(target);
    return control && { kind: 'click', target: targetOf(control) };
  });
  on('input', ({ target }) => {
    const control = controlOf(target);
    return control && hasValue(control)
      ? { kind: 'value', target: targetOf(control), value: control.value }
      : undefined;
  });
  on('change', ({ target }) => {
    const control = controlOf(target);
    return control && hasValue(control) ? { kind: 'leave', target: targetOf(control) } : undefined;
  });
  on('keydown', ({ key }) => (key === 'Escape' ? { kind: 'escape' } : undefined));
  addEventListener('popstate', ({ isTrusted }) => {
    if (isTrusted) did({ kind: 'path', path: location.pathname + location.search });
  });
}

type WithValue = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const hasValue = (control: HTMLElement): control is WithValue =>
  control instanceof HTMLSelectElement ||
  control instanceof HTMLTextAreaElement ||
  (control instanceof HTMLInputElement && control.type !== 'radio' && control.type !== 'checkbox');

let queue = Promise.resolve();

/** One after the other, as they were done. */
function perform(act: Act): void {
  queue = queue.then(() => performNow(act));
}

async function performNow(act: Act): Promise<void> {
  // The other shop went back, and the way back is one for both: an entry more, and it would go on between the two for ever.
  if (act.kind === 'path') return history.replaceState(null, '', act.path);
  if (act.kind === 'escape') {
    const at = document.activeElement ?? document.body;
    at.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
    return;
  }
  const control = await found(() => findTarget(act.target));
  if (!control) return;
  if (act.kind === 'click') return control.click();
  if (act.kind === 'leave') control.dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
  else if (hasValue(control)) type(control, act.value);
}

/** As a person would: React hears of a change only if the element's own setter made it. */
function type(control: WithValue, value: string): void {
  const prototype = Object.getPrototypeOf(control) as WithValue;
  Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(control, value);
  control.dispatchEvent(new Event('input', { bubbles: true }));
  control.dispatchEvent(new Event('change', { bubbles: true }));
}

async function found(look: () => HTMLElement | undefined): Promise<HTMLElement | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const control = look();
    const isUsable = control && control.ariaDisabled !== 'true';
    if (isUsable || performance.now() > until) return control;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function watchRequests(tell: (request: SeenRequest, spans: readonly Span[]) => void): void {
  const known = new Set<string>();
  onRequests(() => {
    for (const request of lastRequests()) {
      if (request.ms === undefined || known.has(request.traceId)) continue;
      known.add(request.traceId);
      tell(request, []);
      for (const ms of request.method === 'GET' ? ASK_AFTER_MS.reading : ASK_AFTER_MS.writing) {
        setTimeout(() => {
          readTrace(request.traceId).then(
            ({ spans }) => tell(request, spans),
            () => {},
          );
        }, ms);
      }
    }
  });
}
