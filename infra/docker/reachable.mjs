// node reachable.mjs NAME=ADDRESS,...: the databases and the broker that can be connected to from here, by name or by any
// of their addresses.
import { connect } from 'node:net';

const ports = [5432, 27017, 5672, 15672];
const reaches = (host, port) =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const end = (is) => () => resolve(socket.destroy() && is);
    socket.on('connect', end(true)).on('error', end(false)).on('timeout', end(false));
  });
const isReachable = async (hosts) =>
  (await Promise.all(hosts.flatMap((host) => ports.map((port) => reaches(host, port))))).some(Boolean);

const targets = process.argv.slice(2).map((target) => target.split('='));
const found = await Promise.all(
  targets.map(async ([name, addresses]) => ((await isReachable([name, ...addresses.split(',')])) ? name : '')),
);
process.stdout.write(`${found.filter(Boolean).join(' ')}\n`);
process.exit();
