// Tests that count on the machine being theirs (a store has so many seconds to recover, a page to appear) run alone,
// after the others: `npm test` calls jest once for each share. Jest called by hand runs all of them.
const share = process.env.TEST_SHARE;
const alone = ['faults', 'browser'];

/** @type {import('jest').Config} */
export default {
  testMatch: [share === 'alone' ? `**/test/(${alone.join('|')})/*.test.ts` : '**/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/\\.twinstore/',
    ...(share === 'together' ? alone.map((folder) => `/test/${folder}/`) : []),
  ],
  modulePathIgnorePatterns: ['<rootDir>/\\.twinstore/', '<rootDir>/apps/storefront/dist/'],
  watchPathIgnorePatterns: ['<rootDir>/\\.twinstore/', '<rootDir>/apps/storefront/dist/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] },
  maxWorkers: share === 'alone' ? 1 : 2,
  testTimeout: 30_000,
};
