/** Chance that can be repeated: whole numbers from 0 to below `bound`, the same ones for the same seed. */
export type Chance = (bound: number) => number;

/** Mulberry32: small, and even enough for choosing among a few hundred. `seed`: any 32-bit integer. */
export function chanceFrom(seed: number): Chance {
  let state = seed | 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

export const pick = <T>(chance: Chance, from: readonly T[]): T => from[chance(from.length)] as T;
