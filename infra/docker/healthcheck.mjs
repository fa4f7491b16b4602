// Exit code 0 when this container's app is ready, else 1 and the reason, which `docker inspect` shows.
import { get } from 'node:http';

const isOver = (code, reason) => {
  if (reason) process.stdout.write(`${reason}\n`);
  process.exit(code);
};
get({ host: '127.0.0.1', port: process.env.PORT, path: '/readyz', timeout: 4000 }, (answer) => {
  if (answer.statusCode === 200) isOver(0);
  answer.on('data', (chunk) => process.stdout.write(chunk));
  answer.on('end', () => isOver(1));
})
  .on('timeout', () => isOver(1, '/readyz does not answer in time'))
  .on('error', (error) => isOver(1, error.message));
