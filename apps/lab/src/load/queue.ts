/** First in, first out. An array's `shift` moves all that is behind, which is what a queue of thousands cannot afford. */
export interface Queue<T> {
  add(item: T): void;
  take(): T | undefined;
}

export function queue<T>(): Queue<T> {
  let items: (T | undefined)[] = [];
  let first = 0;
  return {
    add: (item) => void items.push(item),
    take() {
      const item = items[first];
      if (first === items.length) return undefined;
      items[first++] = undefined;
      if (first > 512 && first * 2 > items.length) {
        items = items.slice(first);
        first = 0;
      }
      return item;
    },
  };
}
