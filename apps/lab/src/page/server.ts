import { createApp, createLogger, type Health, type Metrics, type RunningServer, serveHttp } from '@twinstore/platform';
import { pageFiles } from './files.ts';
import { refuseIf } from './problems.ts';
import { reportRoutes } from './reports.ts';
import { pageBindings, type PageParts } from './routes.ts';
import { foreignFault } from './same-origin.ts';

export interface PageAddress {
  readonly port: number;
  readonly host: string;
}

// Metrics would cost a hundred wake-ups per second for nobody: the page is not what is measured.
const noMetrics: Metrics = {
  http: { observe() {} },
  gauge() {},
  text: async () => ({ type: 'text/plain; version=0.0.4; charset=utf-8', body: '' }),
};

/** Serves the lab page. `close` ends the run that goes on, too. Rejects with a sentence if the port is taken. */
export async function openPage(
  { port, host }: PageAddress,
  parts: PageParts,
  logLevel = 'warn',
): Promise<RunningServer> {
  const health: Health = { checks: {}, closing: false };
  const refuseForeign = refuseIf(foreignFault);
  const app = createApp({
    log: createLogger('lab', logLevel),
    metrics: noMetrics,
    health,
    identify: async () => ({ caller: { shopper: undefined, admin: false } }),
    bindings: pageBindings(parts),
    guard: refuseForeign,
    extra: [pageFiles(), refuseForeign, reportRoutes(parts.resultsDir)],
    trustsDeadline: false,
  });
  const server = await serveHttp({ PORT: port, BIND_ADDRESS: host }, app, health);
  return {
    port: server.port,
    async close() {
      await Promise.all([server.close(), parts.runs.close()]);
    },
  };
}
