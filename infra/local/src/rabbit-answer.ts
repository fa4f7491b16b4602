import { connect } from 'amqplib';

/** Oldest version that keeps what we ask for: messages in a quorum queue may have a time to live since 3.10. */
export const oldestRabbit = '3.10';

export interface RabbitAnswer {
  readonly product: string;
  readonly version: string;
  readonly isTooOld: boolean;
}

/** Connects to a broker as its clients do, and asks who it is.
 *  @throws Error  nobody answers within `timeoutMs`, or the broker does not let us in */
export async function askRabbit(url: string, timeoutMs: number): Promise<RabbitAnswer> {
  const model = await connect(url, { timeout: timeoutMs });
  model.on('error', () => {}); // a connection lost from here on has answered already
  const { product = 'broker', version = '' } = model.connection.serverProperties;
  await model.close();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestRabbit.split('.').map(Number);
  const isTooOld = product !== 'RabbitMQ' || major < oldestMajor || (major === oldestMajor && minor < oldestMinor);
  return { product, version, isTooOld };
}
