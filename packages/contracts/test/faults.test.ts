import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { Checkout, faultsOf, fillPath, ProductDetails, Quantity, routes, ShippingAddress } from '../src/index.ts';

const faults = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : faultsOf(parsed.error, 'body').map(({ pointer, detail }) => `${pointer} ${detail}`);
};

const address = { name: 'Ada', line1: '1 Main St', city: 'Springfield', postalCode: '12345', country: 'US' };
const details = { name: 'Mug', description: '', category: 'kitchen', price: { amount: 5, currency: 'USD' } };

describe('a fault', () => {
  it('points at the member and says what it must be', () => {
    expect(faults(Quantity, {})).toEqual(['#/quantity is missing']);
    expect(faults(Quantity, undefined)).toEqual(['# is missing']);
    expect(faults(Quantity, [])).toEqual(['# must be an object']);
    expect(faults(Quantity, { quantity: '1' })).toEqual(['#/quantity must be a number']);
    expect(faults(Quantity, { quantity: 1.5 })).toEqual(['#/quantity must be a whole number']);
    expect(faults(Quantity, { quantity: 0 })).toEqual(['#/quantity must be at least 1']);
    expect(faults(Quantity, { quantity: 100 })).toEqual(['#/quantity must be at most 99']);
    expect(faults(Quantity, { quantity: { $gt: 0 } })).toEqual(['#/quantity must be a number']);
  });

  it('names every member that is wrong, at any depth', () => {
    expect(faults(Checkout, { paymentToken: 'x', shippingAddress: { ...address, city: '', country: 'us' } })).toEqual([
      expect.stringContaining('#/paymentToken must be one of "tok_visa"'),
      '#/shippingAddress/city must not be empty',
      expect.stringContaining('#/shippingAddress/country must be an ISO 3166-1 alpha-2 code'),
    ]);
  });

  it('escapes member names in a pointer', () => {
    expect(faults(ProductDetails, { ...details, attributes: { 'a/b~c d': 1 } })).toEqual([
      '#/attributes/a~1b~0c%20d must be text',
    ]);
  });

  it('is a member name that would change what an object is', () => {
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      const polluting: unknown = JSON.parse(JSON.stringify(details).replace('}', `},"attributes":{"${name}":"x"}`));
      expect(faults(ProductDetails, polluting)).toEqual([`#/attributes/${name} is a reserved name`]);
    }
  });

  it('is a control character in a name or an address', () => {
    expect(faults(ShippingAddress, { ...address, name: 'A\u0000da' })).toEqual([
      '#/name must not contain control characters',
    ]);
    expect(faults(ProductDetails, { ...details, description: 'two\nlines' })).toEqual([]);
  });

  it('is an image that could be a script', () => {
    for (const image of ['javascript:alert(1)', '//evil.example/x.png', 'http://plain.example/x.png', 'x.png']) {
      expect(faults(ProductDetails, { ...details, image })).toHaveLength(1);
    }
    for (const image of ['/images/a.svg', 'https://example.com/a.png?x=1']) {
      expect(faults(ProductDetails, { ...details, image })).toEqual([]);
    }
  });
});

describe('a path', () => {
  it('is filled with encoded parameters', () => {
    expect(fillPath(routes.getProduct.path, { sku: 'a/b c' })).toBe('/api/products/a%2Fb%20c');
  });
});
