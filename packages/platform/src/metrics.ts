import cluster from 'node:cluster';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void;
}

export interface Metrics {
  readonly http: HttpMetrics;
  /** Adds a value that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number): void;
  /** All of them in the Prometheus text format. */
  text(): Promise<{ readonly type: string; readonly body: string }>;
}

/** A process's metrics: Node's own (event-loop lag, heap, CPU) and how requests fared, by route template. */
export function createMetrics(app: string): Metrics {
  const registry = new Registry();
  // Workers share a port and take turns answering: without a name of its own, each would look like the others' past.
  registry.setDefaultLabels({ app, ...(cluster.worker && { worker: String(cluster.worker.id) }) });
  // The event loop is looked at every so many ms, and what `nodejs_eventloop_lag_*` tells is the time from one look to
  // the next: an idle process has 0.01 s. The lab takes these 10 ms off. More often would keep idle processes busy.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 10 });
  const requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  // Looking a child up by its labels costs more than the observation itself.
  const children = new Map<string, { observe(seconds: number): void }>();
  return {
    http: {
      observe(method, route, status, seconds) {
        const key = `${method} ${route} ${status}`;
        let child = children.get(key);
        if (!child) children.set(key, (child = requests.labels(method, route, String(status))));
        child.observe(seconds);
      },
    },
    gauge(name, help, read) {
      new Gauge({
        name,
        help,
        registers: [registry],
        collect() {
          this.set(read());
        },
      });
    },
    async text() {
      return { type: registry.contentType, body: await registry.metrics() };
    },
  };
}
