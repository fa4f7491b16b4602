import { join } from 'node:path';
import { aptInstall } from './apt.ts';
import type { RabbitOptions } from './rabbit.ts';

/** Installs RabbitMQ from Debian's packages where we may. Its service is not started.
 *  `missing`: why there is none yet.
 *  @returns nothing once it is there, or in `missing` the words that say why it is not */
export const installRabbit = (missing: string, options: RabbitOptions) =>
  aptInstall(
    { name: 'rabbitmq-server', title: 'RabbitMQ', missing, script: join(import.meta.dirname, 'rabbit-install.sh') },
    options,
  );
