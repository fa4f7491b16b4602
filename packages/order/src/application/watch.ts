import type { Order } from '../domain/order.ts';
import type { Undertaking } from './ports.ts';

/** Waiting for the end of a checkout. */
export interface Outcomes {
  /**
   * Waits until the order is settled: rejected, canceled, or paid with nothing left to do (its lines are out of the
   * cart); but no longer than `waitMs`. Answers it as it then is. Safe to repeat. @throws if there is no such order
   */
  settled(orderId: string, waitMs: number): Promise<Order>;
}

/** How orders go on, for any number of listeners, without asking the database again and again. */
export interface OrderWatch extends Outcomes {
  /**
   * Calls `listener` with the order when it has another status, until the function that it gives back is called. The
   * present status is not told: who wants it reads the order after this call, and then misses nothing.
   */
  follow(orderId: string, listener: (order: Order) => void): () => void;
}

/** What is said when an order changes; a hint to look, which may be missed. */
export interface OrderNews {
  readonly orderId: string;
  readonly status: Order['status'];
  readonly unfinished: boolean;
}

type State = Pick<OrderNews, 'status' | 'unfinished'>;

const isSettled = ({ status, unfinished }: State): boolean =>
  status === 'rejected' || status === 'canceled' || (status === 'paid' && !unfinished);

const stateOf = ({ order, unfinished }: Undertaking): State => ({ status: order.status, unfinished });

interface Subscriber {
  /** Whether news of such a state is worth a look. */
  cares(state: State): boolean;
  tell(found: Undertaking): void;
}

/** All who listen for one order: what one of them asks for, they all get. */
interface Topic {
  readonly subscribers: Set<Subscriber>;
  reading: Promise<Undertaking> | undefined;
  /** The look after the one under way, which may have begun too early for whoever comes now. */
  next: Promise<Undertaking> | undefined;
}

export interface NewsDesk extends OrderWatch {
  hear(news: OrderNews): void;
  /** News may have been missed. */
  lookAgain(): void;
  /** Nobody is kept waiting any longer: all get the order as it is, as do those who come later. */
  close(): void;
}

const AFTER_A_FAILURE_MS = 500;

/**
 * Listeners in memory, by order. `find` looks an order up: when somebody begins to wait, when news say enough, and when
 * the time is up. `onFailure` hears when that failed; it is tried again as long as somebody listens.
 */
export function newsDesk(
  find: (orderId: string) => Promise<Undertaking | undefined>,
  onFailure: (error: unknown) => void,
): NewsDesk {
  const topics = new Map<string, Topic>();
  const waiting = new Set<() => void>();
  let closed = false;

  /** Subscribing has to come before looking: then nothing can happen unnoticed in between. */
  function subscribe(orderId: string, subscriber: Subscriber): { readonly topic: Topic; stop(): void } {
    const topic = topics.get(orderId) ?? { subscribers: new Set(), reading: undefined, next: undefined };
    topics.set(orderId, topic);
    topic.subscribers.add(subscriber);
    const stop = () => {
      topic.subscribers.delete(subscriber);
      if (topic.subscribers.size === 0 && topics.get(orderId) === topic) topics.delete(orderId);
    };
    return { topic, stop };
  }

  /**
   * The order as it is now or later, not as a look that is under way already may have found it. There is one at a time,
   * or an older answer could come after a newer one.
   */
  function look(orderId: string, topic: Topic): Promise<Undertaking> {
    if (topic.next) return topic.next;
    if (!topic.reading) return (topic.reading = read(orderId, topic));
    return (topic.next = topic.reading
      .catch(() => {})
      .then(() => {
        topic.next = undefined;
        return (topic.reading = read(orderId, topic));
      }));
  }

  async function read(orderId: string, topic: Topic): Promise<Undertaking> {
    try {
      const found = await find(orderId);
      if (!found) throw new Error(`there is no order ${orderId}`);
      for (const { tell } of topic.subscribers) tell(found);
      return found;
    } finally {
      topic.reading = undefined;
    }
  }

  function lookFor(orderId: string, topic: Topic): void {
    look(orderId, topic).catch((error: unknown) => {
      onFailure(error);
      setTimeout(() => topic.subscribers.size > 0 && lookFor(orderId, topic), AFTER_A_FAILURE_MS).unref();
    });
  }

  return {
    async settled(orderId, waitMs) {
      const { promise: end, resolve } = Promise.withResolvers<Undertaking | undefined>();
      const giveUp = () => resolve(undefined);
      const { topic, stop } = subscribe(orderId, {
        cares: isSettled,
        tell: (found) => isSettled(stateOf(found)) && resolve(found),
      });
      let timer: NodeJS.Timeout | undefined;
      try {
        const now = await look(orderId, topic);
        if (isSettled(stateOf(now)) || waitMs <= 0 || closed) return now.order;
        timer = setTimeout(giveUp, waitMs);
        waiting.add(giveUp);
        return (await end)?.order ?? (await look(orderId, topic)).order;
      } finally {
        clearTimeout(timer);
        waiting.delete(giveUp);
        stop();
      }
    },

    follow(orderId, listener) {
      let known: Order['status'] | undefined;
      const { stop } = subscribe(orderId, {
        cares: ({ status }) => status !== known,
        tell({ order }) {
          if (order.status === known) return;
          known = order.status;
          listener(order);
        },
      });
      return stop;
    },

    hear({ orderId, ...state }) {
      const topic = topics.get(orderId);
      if (topic && [...topic.subscribers].some(({ cares }) => cares(state))) lookFor(orderId, topic);
    },

    lookAgain() {
      for (const [orderId, topic] of topics) lookFor(orderId, topic);
    },

    close() {
      closed = true;
      for (const wake of waiting) wake();
    },
  };
}
