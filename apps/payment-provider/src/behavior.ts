import type { Behavior } from '@twinstore/contracts';
import type { Queryable } from '@twinstore/platform';

/** How the provider works at present: kept in its database, read from memory. */
export interface BehaviorSetting {
  current(): Behavior;
  /** Holds from the moment this resolves, and over restarts. */
  replace(behavior: Behavior): Promise<void>;
}

interface Row {
  latency_p50_ms: number;
  latency_p99_ms: number;
  decline_rate: number;
  lost_answer_rate: number;
  unavailable: boolean;
}

export async function openBehavior(sql: Queryable): Promise<BehaviorSetting> {
  let current = await load(sql);
  let last: Promise<void> = Promise.resolve();
  return {
    current: () => current,
    replace(behavior) {
      // One at a time: of two at once, memory has to keep the same as the database.
      const mine = last.then(async () => {
        await save(sql, behavior);
        current = behavior;
      });
      last = mine.catch(() => {}); // told to the caller; the next one has its own try
      return mine;
    },
  };
}

async function load(sql: Queryable): Promise<Behavior> {
  const { rows } = await sql.query<Row>(
    'select latency_p50_ms, latency_p99_ms, decline_rate, lost_answer_rate, unavailable from provider.behavior',
  );
  const row = rows[0];
  if (!row) throw new Error('the row of provider.behavior is gone');
  return {
    latencyMs: { p50: row.latency_p50_ms, p99: row.latency_p99_ms },
    declineRate: row.decline_rate,
    lostAnswerRate: row.lost_answer_rate,
    unavailable: row.unavailable,
  };
}

async function save(sql: Queryable, { latencyMs, declineRate, lostAnswerRate, unavailable }: Behavior): Promise<void> {
  const { rowCount } = await sql.query(
    `update provider.behavior
        set latency_p50_ms = $1, latency_p99_ms = $2, decline_rate = $3, lost_answer_rate = $4, unavailable = $5`,
    [latencyMs.p50, latencyMs.p99, declineRate, lostAnswerRate, unavailable],
  );
  if (rowCount !== 1) throw new Error('the row of provider.behavior is gone');
}
