import { money } from '@twinstore/kernel';
import { digest } from './digest.ts';
import { ASSORTMENTS, COLORS, type Assortment } from './sample-words.ts';
import type { Product } from './product.ts';

/** The sample catalog's product of this number (0, 1, 2 ...): always the same one, whatever the size of the catalog. */
export function sampleProduct(index: number): Product {
  const assortment = pick(ASSORTMENTS, index);
  const number = Math.floor(index / ASSORTMENTS.length);
  const chance = chances(index);
  const { name, material, series } = naming(assortment, number);
  const color = pick(COLORS, chance());
  const use = pick(assortment.uses, chance());
  return {
    sku: `${assortment.category.toUpperCase()}-${String(number + 1).padStart(5, '0')}`,
    name: series === 1 ? name : `${name} No. ${series}`,
    description:
      `${name} in ${color.toLowerCase()}, made for ${use}. ` +
      `The ${material.toLowerCase()} is chosen by hand and ages well. ${pick(PROMISES, chance())}`,
    category: assortment.category,
    price: price(assortment.prices, chance()),
    image: undefined,
    attributes: { color, material, ...extras(assortment, chance) },
    available: stock(index, chance()),
  };
}

const PROMISES = [
  'Spare parts are kept for ten years.',
  'Ships in packaging without plastic.',
  'Tested by people who use it every day.',
  'Designed to be repaired, not replaced.',
  'A gift that gets used.',
];

/** Every combination of words once before any comes again, as the next series. Neighbors differ in every word. */
function naming({ nouns, adjectives, materials }: Assortment, number: number) {
  const combinations = nouns.length * adjectives.length * materials.length;
  const round = Math.floor(number / nouns.length);
  const material = pick(materials, round + number);
  const adjective = pick(adjectives, Math.floor(round / materials.length) + number);
  return {
    name: `${adjective} ${material} ${pick(nouns, number)}`,
    material,
    series: Math.floor(number / combinations) + 1,
  };
}

/** A few of each category's own attributes: none, one or all of them. */
function extras({ extras: all }: Assortment, chance: () => number): Record<string, string> {
  const some = Object.entries(all).slice(0, chance() % 3);
  return Object.fromEntries(some.map(([attribute, values]) => [attribute, pick(values, chance())]));
}

/** Cheap things are more common than dear ones, and prices end in .00, .50, .90 or .99. */
function price([lowest, highest]: readonly [number, number], chance: number) {
  const share = ((chance % 10_000) / 10_000) ** 2;
  const whole = Math.round((lowest + share * (highest - lowest)) / 100) * 100;
  return money(whole + pick([-1, -10, -50, 0], chance >>> 16));
}

/** One in forty is sold out and one in forty is a last piece; of the rest there is plenty. */
function stock(index: number, chance: number): number {
  if (index % 40 === 17) return 0;
  return index % 40 === 31 ? 1 : 20 + (chance % 481);
}

const pick = <T>(list: readonly T[], number: number): T => list[number % list.length] as T;

/** Numbers that look random and are the same for the same seed on every machine. */
function chances(seed: number): () => number {
  let drawn = 0;
  return () => digest(`${seed}`, (drawn += 1));
}
