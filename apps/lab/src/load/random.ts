/** Numbers that look random and are the same for the same seed: what every contender is asked must not differ. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
}

/** A generator of its own for each text, such as `7/block 2/arrivals`: sfc32 by Chris Doty-Humphrey, which passes
 *  PractRand; `Math.random` cannot be seeded. */
export function randomOf(seed: string): Random {
  let [a, b, c, counter] = fourWords(seed);
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 16; round += 1) next();
  return { next };
}

/** A waiting time of the given mean between events that know nothing of each other. */
export const exponential = (random: Random, mean: number): number => -Math.log(1 - random.next()) * mean;

/** A whole number from `min` to `max`, both included. */
export const between = (random: Random, min: number, max: number): number =>
  min + Math.floor(random.next() * (max - min + 1));

/** One of the choices, each as likely as its weight says. */
export function weighted<T extends string>(random: Random, weights: Readonly<Record<T, number>>): T {
  const choices = Object.entries<number>(weights) as [T, number][];
  let left = random.next() * choices.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [choice, weight] of choices) if ((left -= weight) < 0) return choice;
  return choices.at(-1)![0];
}

/** A copy in another order (Fisher-Yates). */
export function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const copy = [...items];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = between(random, 0, last);
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
}

/** Draws ranks from 0 to `count - 1`, rank r with a chance in proportion to 1 / (r + 1) ^ `exponent`: a few are asked
 *  for often and most hardly ever, as in a shop. */
export function zipf(count: number, exponent: number): (random: Random) => number {
  const upTo: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) upTo.push((sum += rank ** -exponent));
  return (random) => {
    const wanted = random.next() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}

/** FNV-1a, four times from different starts. */
function fourWords(text: string): [number, number, number, number] {
  const word = (start: number) => {
    let hash = start;
    for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 16_777_619);
    return hash | 0;
  };
  return [word(0x811c9dc5), word(0x1b873593), word(0x85ebca6b), word(0xc2b2ae35)];
}
