import express, { type Router } from 'express';
import type { Metrics } from '../metrics.ts';
import { mountGet } from './methods.ts';
import { send } from './reply.ts';

/** Whether this process should get traffic. */
export interface Health {
  /** What has to answer for this process to be of use, by name. */
  checks: Readonly<Record<string, () => Promise<void>>>;
  /** Set at shutdown, so that balancers look elsewhere while what is in hand is finished. */
  closing: boolean;
}

const PATIENCE_MS = 2000;
const TEXT = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' };

/** `/livez`: the process runs. `/readyz`: so does all that it needs. `/metrics`: Prometheus. */
export function healthRoutes(health: Health, metrics: Metrics): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  mountGet(router, '/livez', (req, res) => send(req, res, 200, { ...TEXT }, '{"status":"ok"}'));
  mountGet(router, '/readyz', async (req, res) => {
    const failing = health.closing ? ['closing'] : await failingChecks(health);
    const body = failing.length === 0 ? { status: 'ok' } : { status: 'unavailable', waitingFor: failing };
    send(req, res, failing.length === 0 ? 200 : 503, { ...TEXT }, JSON.stringify(body));
  });
  mountGet(router, '/metrics', async (req, res) => {
    const { type, body } = await metrics.text();
    send(req, res, 200, { 'Content-Type': type, 'Cache-Control': 'no-store' }, body);
  });
  return router;
}

async function failingChecks({ checks }: Health): Promise<string[]> {
  const names = Object.keys(checks);
  const results = await Promise.allSettled(names.map((name) => withPatience(checks[name]?.())));
  return names.filter((_, index) => results[index]?.status === 'rejected');
}

async function withPatience(check: Promise<void> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
  });
  try {
    await Promise.race([check, late]);
  } finally {
    clearTimeout(timer);
  }
}
