export { describeWithPostgres, throwawayDatabase, type ThrowawayDatabase } from './database.ts';
export { startProvider, type RunningProvider } from './provider.ts';
