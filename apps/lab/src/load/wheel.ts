/** Runs things at their time with one timer for all of them: a timer each would cost more than the requests do. */
export interface Wheel {
  /** ms since the wheel began to turn; negative before. */
  now(): number;
  /** Runs `work` at `ms`, or up to `EARLY_MS` before; at the next turn if that is past. */
  at(ms: number, work: () => void): void;
  stop(): void;
}

/** Timers come in whole ms, counted from when they are set. To be never early would be to be half a ms late on average,
 *  which shows in every latency; so it wakes within the ms before its time. */
const EARLY_MS = 1;

/** Begins to turn `inMs` from now. `tickMs`: what is due in the same tick runs in one wake-up. */
export function startWheel(tickMs: number, inMs: number): Wheel {
  const zero = performance.now() + inMs;
  const now = () => performance.now() - zero;
  const slots = new Map<number, (() => void)[]>();
  const due = minHeap();
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Infinity;

  const sleepUntil = (slot: number) => {
    if (slot >= wakesAt) return;
    wakesAt = slot;
    clearTimeout(timer);
    timer = setTimeout(turn, Math.max(0, Math.floor(slot * tickMs - now())));
  };
  const turn = () => {
    wakesAt = Infinity;
    for (let slot = due.least(); slot !== undefined && slot * tickMs <= now() + EARLY_MS; slot = due.least()) {
      due.takeLeast();
      const work = slots.get(slot)!;
      slots.delete(slot);
      for (const run of work) run();
    }
    const next = due.least();
    if (next !== undefined) sleepUntil(next);
  };
  return {
    now,
    at(ms, work) {
      const slot = Math.ceil(ms / tickMs);
      const others = slots.get(slot);
      if (others) return void others.push(work);
      slots.set(slot, [work]);
      due.add(slot);
      sleepUntil(slot);
    },
    stop() {
      clearTimeout(timer);
      slots.clear();
    },
  };
}

/** The least of the numbers in it, in logarithmic time. */
function minHeap() {
  const heap: number[] = [];
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!]);
  return {
    least: (): number | undefined => heap[0],
    add(value: number) {
      let at = heap.push(value) - 1;
      for (let up = (at - 1) >> 1; at > 0 && heap[at]! < heap[up]!; up = (at - 1) >> 1) {
        swap(at, up);
        at = up;
      }
    },
    takeLeast() {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
      for (let at = 0; ;) {
        let least = 2 * at + 1;
        if (least >= heap.length) return;
        if (least + 1 < heap.length && heap[least + 1]! < heap[least]!) least += 1;
        if (heap[at]! <= heap[least]!) return;
        swap(at, least);
        at = least;
      }
    },
  };
}
