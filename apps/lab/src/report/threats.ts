import type { Analysis } from '../analysis/model.ts';
import { ENOUGH_BLOCKS, type Estimate } from '../analysis/statistics.ts';
import type { Results } from '../run/model.ts';
import { contendersOf } from '../analysis/played.ts';

/** A reason why a result may not hold elsewhere, or may not mean what it seems to. */
export interface Threat {
  readonly title: string;
  readonly text: string;
}

/** Those that apply to this run. */
export const threatsOf = (results: Results, { verdicts }: Pick<Analysis, 'verdicts'>): Threat[] => [
  ...machineThreats(results),
  ...storeThreats(results),
  ...workloadThreats(results),
  ...statisticalThreats(results),
  ...comparisonThreats(verdicts.flatMap(({ ratio }) => ratio ?? [])),
];

function machineThreats({ cores, manifest, settings }: Results): Threat[] {
  const pool = cores.contender.length;
  return [
    {
      title: 'Few cores',
      text:
        `The contender had ${pool === 1 ? 'one core' : `${pool} cores`} of ${manifest.cores}. ` +
        (pool === 1
          ? 'A second worker or a second process cannot gain anything on it and can only add switching, and saturation comes early. '
          : 'Work that could run at the same time on more cores had to take turns. ') +
        'With more cores, throughput and the latency near it will look different; CPU time per order will change much less.',
    },
    {
      title: 'Shared hardware',
      text: 'Other programs, and other virtual machines on the same host, take time, caches and clock speed from whoever runs at that moment. Random blocks spread this over all contenders, and the share that could be seen is in the table of phases; what the host does out of sight is not.',
    },
    ...(cores.pinned
      ? [
          {
            title: 'Generator on the same machine',
            text: 'It and the payment provider have a core of their own, but memory bandwidth and caches are shared. How late it was and what CPU time it took is told for every phase, and a phase that it limited is invalid.',
          },
        ]
      : [
          {
            title: 'Generator on the same cores',
            text: 'Nothing was pinned: the generator competed with the stores that it measured. Latencies contain its own waits, and say less than with a core for each.',
          },
        ]),
    {
      title: 'No network',
      text: 'Calls between processes crossed the loopback interface: no distance, no loss, no TLS. A real network adds its delay to every hop of the microservices and to none inside a monolith, so latencies here flatter the split. Nor can one machine show what scaling out, placement or the loss of a node would do.',
    },
    ...(settings.budget === 'split'
      ? [
          {
            title: 'Parts of the CPU',
            text: 'Every process had a fixed part of the CPU time, so one that needs more waits although others idle. How the parts were cut decides who waits: another cut gives another result.',
          },
        ]
      : [
          {
            title: 'One pool of CPU time',
            text: 'All processes of a contender shared its cores, so what one left idle another could use. In production each process often has a limit of its own, which costs many small processes more than one large one.',
          },
        ]),
  ];
}

function storeThreats(results: Results): Threat[] {
  const { settings, manifest } = results;
  const hasEvents = contendersOf(results).some((name) => name.startsWith('choreographed'));
  return [
    {
      title: 'One implementation',
      text: 'All contenders are wired from the same modules, which is what makes them comparable and also what limits the answer: it is about this code. Other teams would cut services elsewhere, and pay for other calls.',
    },
    {
      title: 'One runtime',
      text: `Everything ran on Node ${manifest.node.replace(/^v/, '')} with Express. A process that serves on one thread makes clones cheap to want; other runtimes use many cores in one process, and pay other prices for JSON and for a call.`,
    },
    {
      title: 'One database server',
      text:
        settings.stores.length > 0
          ? 'How the stores that ran already share database servers is not known here; where services share one, they slow each other down and fail together.'
          : 'Each service has a database and a role of its own, and all of them are on one PostgreSQL server per contender. So services do not share data, but they do share its memory, its log and its fate; a server for each would cost more and isolate more.',
    },
    {
      title: 'Connections',
      text: 'Every process has its own pool of up to 10 database connections, so contenders of more processes may hold more of them in all.',
    },
    settings.carts === 'mongodb' || settings.stores.length > 0
      ? {
          title: 'Carts',
          text: 'The microservices may keep carts in MongoDB while the monolith keeps them in PostgreSQL: then two databases are compared as well as two architectures.',
        }
      : {
          title: 'Carts',
          text: 'Both sides keep carts in PostgreSQL, so that the database is not what differs. That each service may choose the database that suits it is thereby not made use of.',
        },
    ...(hasEvents
      ? [
          {
            title: 'One broker',
            text: "RabbitMQ is one node on the contender's cores, and its quorum queues have one member each. A cluster of three takes longer to confirm a message, costs more CPU time, and survives what this one does not.",
          },
        ]
      : []),
    {
      title: 'A simulated provider',
      text: 'The payment provider answers at once and never fails, unless a rate says otherwise. A real one takes tenths of a second, beside which differences of a few milliseconds in a checkout would not be felt.',
    },
  ];
}

function workloadThreats({ method }: Results): Threat[] {
  const { browse, abandon } = method.journeyMix;
  return [
    {
      title: 'An invented workload',
      text:
        `The mix of journeys (${browse} % only look, ${abandon} % leave a full cart), the popularity of products and the think times are stated, not observed: no real shop's log is behind them. ` +
        'Reads cost a split about one more hop, checkouts several; another mix moves every ratio.',
    },
    {
      title: 'Hasty shoppers',
      text: `People think for seconds, these for ${method.thinkMs.floor} ms and ${method.thinkMs.mean} ms more on average. The same requests per second would in life come from many more sessions, with more carts and cookies alive at a time.`,
    },
    {
      title: 'Small data, short time',
      text: 'The catalog fits into memory, tables begin empty, and a window lasts seconds. Growth over months, vacuums under load, cold caches and backups are not in here.',
    },
  ];
}

function statisticalThreats({ trials, settings, plan }: Results): Threat[] {
  const blocks = Math.max(0, ...trials.map(({ block }) => block));
  return [
    {
      title: 'Few fresh starts',
      text: `What counts is the fresh start, not the request, and there ${blocks === 1 ? 'was 1 block' : `were ${blocks} blocks`} of them${settings.stores.length > 0 ? ' (of stores that ran throughout, which makes them less independent)' : ''}. Bootstrap intervals of so few are rough, and rather too narrow than too wide: that of 4 reaches from the lowest to the highest and holds the true median in 7 of 8 cases, that of 5 in 15 of 16.`,
    },
    {
      title: 'What was not measured',
      text: `The plan ${plan.name} answers its question and no other. Teams that work apart, releases that do not wait for each other, faults that stay where they happen: what people split for is mostly not in milliseconds.`,
    },
  ];
}

/** Where two are truly equal, all ratios of n blocks lie on the same side of 1 with a chance of 2 in 2^n (the sign test). */
function comparisonThreats(ratios: readonly Estimate[]): Threat[] {
  const tested = ratios.filter(({ trials }) => trials >= ENOUGH_BLOCKS);
  if (tested.length === 0) return [];
  const byChance = tested.reduce((sum, { trials }) => sum + 2 ** (1 - trials), 0);
  return [
    {
      title: 'Many comparisons',
      text: `${tested.length} ratios are set against 1 here. Were all of them truly 1, chance alone would put every block of about ${byChance.toFixed(1)} of them on the same side, and those that are 3 % off would be called differences. A single surprising one asks for another run with another seed.`,
    },
  ];
}
