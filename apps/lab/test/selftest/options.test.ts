import { describe, expect, it } from '@jest/globals';
import { openMutants } from '@twinstore/conformance';
import { root } from '@twinstore/local';
import { suspects } from '../../src/selftest/caught.ts';
import { checks, parseSelfTest } from '../../src/selftest/options.ts';

describe('the self-test', () => {
  it('does everything unless it is told what', () => {
    expect(parseSelfTest([])).toEqual({ only: Object.keys(checks), quick: false });
    expect(parseSelfTest(['--only', 'stall, aa', '--quick'])).toEqual({ only: ['aa', 'stall'], quick: true });
    expect(parseSelfTest(['--help'])).toBeUndefined();
  });

  it('refuses what it does not know', () => {
    expect(() => parseSelfTest(['--only', 'speed'])).toThrow('--only takes aa, ab, generator');
    expect(() => parseSelfTest(['--fast'])).toThrow("Unknown option '--fast'; --help lists the options.");
  });

  it('makes mutants that are not out of date', async () => {
    const { mutants, copyWorkingTree } = await openMutants();
    const copy = copyWorkingTree(root);
    try {
      for (const { mutant } of suspects.slice(1)) {
        const found = mutants.find(({ name }) => name === mutant);
        expect(found && copy.outdated(found)).toEqual([]);
      }
    } finally {
      copy.remove();
    }
  });
});
