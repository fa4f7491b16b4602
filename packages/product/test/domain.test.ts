import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../src/application/cursor.ts';
import { drawing } from '../src/adapters/drawing.ts';
import { listing, type Listing, type Position } from '../src/domain/listing.ts';
import { categoryName, isCategory, nameKey } from '../src/domain/product.ts';
import { sampleProduct } from '../src/domain/sample-product.ts';
import { oneLinePerSku } from '../src/domain/stock.ts';

const sku = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const number = fc.integer({ min: -1e9, max: 1e9 });
const rank = fc.double({ noNaN: true, noDefaultInfinity: true, max: 0 }).map((value) => value + 0);
const place: fc.Arbitrary<[Listing, Position]> = fc.oneof(
  fc.tuple(listings('name'), positions(fc.string({ unit: 'grapheme', minLength: 1 }).filter((s) => !s.includes('\0')))),
  fc.tuple(listings('price'), positions(number)),
  fc.tuple(listings('newest'), positions(number)),
  fc.tuple(listings('relevance'), positions(rank)),
);

function listings(sort: Listing['sort']): fc.Arbitrary<Listing> {
  const text = fc.option(fc.string({ minLength: 1 }), { nil: undefined });
  return fc.record({ words: text, category: text, sort: fc.constant(sort) });
}

function positions(key: fc.Arbitrary<string | number>): fc.Arbitrary<Position> {
  return fc.record({ key, sku });
}

describe('a cursor', () => {
  it('leads back to its place', () => {
    fc.assert(
      fc.property(place, ([wanted, position]) => {
        expect(decodeCursor(wanted, encodeCursor(wanted, position))).toEqual(position);
      }),
    );
  });

  it('cannot be read by another listing', () => {
    fc.assert(
      fc.property(place, place, ([wanted, position], [other]) => {
        fc.pre(JSON.stringify(wanted) !== JSON.stringify(other));
        expect(decodeCursor(other, encodeCursor(wanted, position))).toBeUndefined();
      }),
    );
  });

  it('cannot be read with one character changed, added or left out', () => {
    const character = fc.constantFrom(...'ABCxyz019-_=+/ .~');
    fc.assert(
      fc.property(place, fc.nat(), character, ([wanted, position], at, put) => {
        const cursor = encodeCursor(wanted, position);
        const index = at % cursor.length;
        const changed = cursor.slice(0, index) + put + cursor.slice(index + 1);
        if (changed !== cursor) expect(decodeCursor(wanted, changed)).toBeUndefined();
        expect(decodeCursor(wanted, cursor.slice(0, index) + put + cursor.slice(index))).toBeUndefined();
        expect(decodeCursor(wanted, cursor.slice(0, index) + cursor.slice(index + 1))).toBeUndefined();
      }),
    );
  });

  it('is not any text', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(decodeCursor(listing('', '', 'name'), text)).toBeUndefined()));
  });
});

describe('a listing', () => {
  it('takes blank words for none, and is then of the newest rather than of the most relevant', () => {
    expect(listing('  \u00a0 ', undefined, 'relevance')).toEqual({ sort: 'newest' });
    expect(listing(' mug ', undefined, 'relevance')).toEqual({ words: 'mug', sort: 'relevance' });
    expect(listing('', 'kitchen', '-price')).toEqual({ category: 'kitchen', sort: '-price' });
  });
});

describe('names', () => {
  it('of categories are their slugs in words', () => {
    expect(categoryName('home-office')).toBe('Home Office');
    expect(categoryName('4k-tv')).toBe('4k Tv');
  });

  it('sort by their lower case', () => {
    expect(nameKey('ÄRA Kettle')).toBe('ära kettle');
  });

  it('that no category can have are known without asking', () => {
    expect(['home-office', 'a', '4k-tv'].every(isCategory)).toBe(true);
    expect(['', 'A', 'a--b', '-a', 'a\0', 'a b', 'a'.repeat(65)].some(isCategory)).toBe(false);
  });
});

describe('lines of a reservation', () => {
  it('are one per SKU in SKU order, with no unit lost', () => {
    const line = fc.record({
      sku: fc.constantFrom('b', 'A', 'a', 'C.1', 'C-1'),
      quantity: fc.integer({ min: 1, max: 99 }),
    });
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const merged = oneLinePerSku(lines);
        const skus = merged.map((one) => one.sku);
        expect(skus).toEqual([...new Set(skus)].sort());
        for (const one of merged) {
          const units = lines.filter((each) => each.sku === one.sku).reduce((sum, each) => sum + each.quantity, 0);
          expect(one.quantity).toBe(units);
        }
        expect(skus.length).toBe(new Set(lines.map((each) => each.sku)).size);
      }),
    );
  });

  it('with less than one unit are a bug', () => {
    for (const quantity of [0, -1, 1.5, Number.NaN]) {
      expect(() => oneLinePerSku([{ sku: 'A', quantity }])).toThrow(RangeError);
    }
  });
});

describe('the sample catalog', () => {
  const sample = Array.from({ length: 5000 }, (_, index) => sampleProduct(index));

  it('has no SKU and no name twice', () => {
    expect(new Set(sample.map((one) => one.sku)).size).toBe(sample.length);
    expect(new Set(sample.map((one) => one.name)).size).toBe(sample.length);
  });

  it('keeps to what the contract allows', () => {
    for (const one of sample) {
      expect(one.sku).toMatch(/^[A-Z][A-Z-]*-\d{5}$/);
      expect(isCategory(one.category)).toBe(true);
      expect(one.price.amount).toBeGreaterThan(0);
      expect(Object.keys(one.attributes).length).toBeGreaterThanOrEqual(2);
      expect(Object.keys(one.attributes).length).toBeLessThanOrEqual(5);
    }
  });

  it('has plenty of most, one of some and none of a few', () => {
    const of = (units: number) => sample.filter((one) => one.available === units).length;
    expect(of(0)).toBe(125);
    expect(of(1)).toBe(125);
    expect(sample.filter((one) => one.available >= 20).length).toBe(4750);
  });

  it('is the same every time', () => {
    expect(sampleProduct(4711)).toEqual(sampleProduct(4711));
  });
});

describe('a drawn picture', () => {
  it('keeps markup in a name from becoming markup', () => {
    const svg = drawing({ sku: 'A', name: '"><script>alert(1)</script>&amp; \uFFFF', category: 'no-such' });
    expect(svg).not.toContain('<script');
    expect(svg).toContain('aria-label="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp; "');
    expect(svg).toContain('>SA1</text>');
  });

  it('depends on nothing but the product', () => {
    const of = (sku: string) => drawing({ sku, name: 'Oak Desk', category: 'home-office' });
    expect(of('A-1')).toBe(of('A-1'));
    expect(of('A-1')).not.toBe(of('A-2'));
  });
});
