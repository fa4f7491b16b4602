import { app, type Proc } from './processes.ts';
import type { Settings } from './settings.ts';
import { asPairs, type Door } from './stack.ts';

/** What a run that is started from the page finds its backing services by, as a run from the command line does. */
const forRuns = ['POSTGRES_URL', 'MONGODB_URL', 'RABBITMQ_URL'] as const;

/** The page of the load lab as a background process; it links to these front doors. */
export function labPage(settings: Settings, doors: readonly Door[]): Proc {
  const { LAB_PORT, LAB_ADDRESS } = settings;
  const given = forRuns.flatMap((name) => (settings[name] === undefined ? [] : [[name, settings[name]]]));
  return app({
    app: 'lab',
    args: ['serve'],
    port: LAB_PORT,
    env: {
      ...Object.fromEntries(given),
      LAB_PORT: String(LAB_PORT),
      ...(LAB_ADDRESS !== undefined && { LAB_ADDRESS }),
      LAB_STORES: asPairs(doors),
    },
  });
}
