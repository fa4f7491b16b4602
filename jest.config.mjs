/** @type {import('jest').Config} */
export default {
  testMatch: ['**/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/\\.twinstore/'],
  modulePathIgnorePatterns: ['<rootDir>/\\.twinstore/'],
  watchPathIgnorePatterns: ['<rootDir>/\\.twinstore/'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' } }] },
  maxWorkers: 2,
  testTimeout: 30_000,
};
