import { z } from 'zod';
import { problem, reply, route } from '@twinstore/contracts';
import { bind, bindEvents, type Binding } from '@twinstore/platform';
import { adapted } from '../plans/adapt.ts';
import type { Plan } from '../plans/plan.ts';
import { feedOf, type Message } from './feed.ts';
import { withLabProblems } from './problems.ts';
import { listReports, type Report } from './reports.ts';
import type { Run, RunRequest, RunState, Runs } from './runs.ts';

/** A plan as the page shows it. */
export interface PlanCard {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** Ids of `docs/chapter-map.md`. */
  readonly claims: readonly string[];
  readonly contenders: readonly string[];
  readonly isQuick: boolean;
  /** Of its longest stage. */
  readonly blocks: number;
  readonly expectedMs: number;
  /** The same with one block for one contender: what a run with other numbers takes is a multiple. */
  readonly expectedMsOfBlock: number;
}

/** A front door that the page links to. */
export interface StoreLink {
  readonly name: string;
  readonly url: string;
}

export interface PageParts {
  readonly plans: Readonly<Record<string, Plan>>;
  readonly expectedMs: (plan: Plan, contenders?: readonly string[]) => number;
  readonly stores: readonly StoreLink[];
  readonly runs: Runs;
  readonly resultsDir: string;
  /** At least so long between two messages to one client; default 1000. */
  readonly messageGapMs?: number;
}

const MOST_BLOCKS = 50;
const blocksRule = `must be a whole number from 1 to ${MOST_BLOCKS}`;
const StartRun = z.object({
  plan: z.string(),
  blocks: z.number(blocksRule).int(blocksRule).min(1, blocksRule).max(MOST_BLOCKS, blocksRule).optional(),
  contenders: z.array(z.string()).optional(),
  // It begins with no hyphen, or the command line would take it for an option.
  seed: z
    .string()
    .regex(
      /^[A-Za-z0-9][\w.-]{0,63}$/,
      'must be 1 to 64 letters, digits, dots, underscores and hyphens, and begin with a letter or digit',
    )
    .optional(),
});

const common = { module: 'front', access: 'anyone' } as const;
const current = { ...common, path: '/api/runs/current' } as const;
const listing = {
  plans: route({
    ...common,
    id: 'listPlans',
    method: 'get',
    path: '/api/plans',
    summary: 'The experiments, and the stores that run beside this page',
    responses: { 200: z.custom<{ plans: readonly PlanCard[]; stores: readonly StoreLink[] }>() },
  }),
  reports: route({
    ...common,
    id: 'listReports',
    method: 'get',
    path: '/api/reports',
    summary: 'What earlier runs left, newest first',
    responses: { 200: z.custom<{ reports: readonly Report[] }>() },
  }),
};
const running = {
  start: route({
    ...common,
    id: 'startRun',
    method: 'post',
    path: '/api/runs',
    summary: 'Start a run',
    body: StartRun,
    responses: { 201: z.custom<Run>() },
  }),
  get: route({
    ...current,
    id: 'getRun',
    method: 'get',
    summary: 'The present run, or the last',
    responses: { 200: z.custom<RunState>() },
  }),
  stop: route({
    ...current,
    id: 'stopRun',
    method: 'delete',
    summary: 'End the run in good order; it goes on until it has written its report',
    responses: { 202: z.custom<Run>() },
  }),
  follow: route({
    ...current,
    id: 'followRun',
    method: 'get',
    path: '/api/runs/current/events',
    summary: 'How the run goes on, as server-sent events, from its beginning',
    streams: true,
    headers: z.object({ 'last-event-id': z.string().optional() }),
    responses: { 200: z.custom<Message>() },
  }),
};

const fresh = { 'Cache-Control': 'no-store' };

/** What the page can ask. */
export function pageBindings({ plans, expectedMs, stores, runs, resultsDir, messageGapMs }: PageParts): Binding[] {
  const cards = Object.values(plans).map((plan) => cardOf(plan, expectedMs));
  return [
    bind(listing.plans, async () => reply(200, { plans: cards, stores }, fresh)),
    bind(listing.reports, async () => {
      const run = runs.state();
      const reports = await listReports(resultsDir);
      // What the present run has written so far is no report yet.
      const isReady = ({ startedAt = '' }: Report) =>
        run.status === 'idle' || run.status === 'ended' || startedAt < run.startedAt;
      return reply(200, { reports: reports.filter(isReady) }, fresh);
    }),
    withLabProblems(
      bind(running.start, async ({ body }) => {
        const fault = faultOf(body, plans);
        if (fault) {
          const { pointer, detail } = fault;
          return problem('validation', { detail, errors: [{ pointer, detail }] });
        }
        return reply(201, runs.start(body), { ...fresh, Location: running.get.path });
      }),
    ),
    bind(running.get, async () => reply(200, runs.state(), fresh)),
    withLabProblems(bind(running.stop, async () => reply(202, runs.stop(), fresh))),
    bindEvents(running.follow, async ({ headers }) => ({
      feed: feedOf(runs, headers['last-event-id'], messageGapMs),
    })),
  ];
}

/** What the schema cannot know: which plans there are, and who takes part in each. */
function faultOf({ plan: name, contenders }: RunRequest, plans: PageParts['plans']) {
  const plan = Object.hasOwn(plans, name) ? plans[name] : undefined;
  if (!plan) {
    const detail = `There is no plan called ${JSON.stringify(name)}: there are ${Object.keys(plans).join(', ')}.`;
    return { pointer: '#/plan', detail };
  }
  if (contenders?.length === 0) return { pointer: '#/contenders', detail: 'A run needs at least one contender.' };
  const unknown = contenders?.find((contender) => !plan.contenders.includes(contender));
  if (unknown === undefined) return undefined;
  const detail = `${JSON.stringify(unknown)} takes no part in the plan ${name}: ${plan.contenders.join(', ')} do.`;
  return { pointer: '#/contenders', detail };
}

function cardOf(plan: Plan, expectedMs: PageParts['expectedMs']): PlanCard {
  const { name, title, question, claims, contenders, isQuick = false, stages } = plan;
  return {
    name,
    title,
    question,
    claims,
    contenders,
    isQuick,
    blocks: Math.max(...stages.map(({ blocks }) => blocks)),
    expectedMs: expectedMs(plan),
    expectedMsOfBlock: expectedMs(adapted(plan, { blocks: 1 }), contenders.slice(0, 1)),
  };
}
