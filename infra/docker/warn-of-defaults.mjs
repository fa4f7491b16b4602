// Loaded before an app in a container. The secrets in docker-compose.yml are public knowledge: harmless as long as only
// this machine can reach the ports, so a warning is due where others can.
import cluster from 'node:cluster';

const { PUBLISHED_ON = '', ...settings } = process.env;
const isLocal = PUBLISHED_ON === '' || PUBLISHED_ON === 'localhost' || /^127\.|^\[?::1\]?$/.test(PUBLISHED_ON);

if (!isLocal && cluster.isPrimary) {
  const publicKnowledge = {
    ADMIN_TOKEN: 'demo-admin',
    SESSION_SECRET: 'twinstore-local-session-secret',
    SERVICE_SECRET: 'twinstore-local-service-secret',
  };
  const unsafe = Object.keys(publicKnowledge).filter((name) => settings[name] === publicKnowledge[name]);
  if (/:twinstore-local@/.test(`${settings.POSTGRES_URL} ${settings.CARTS_URL}`)) unsafe.push('DATABASE_PASSWORD');
  if (/:twinstore-local@/.test(settings.RABBITMQ_URL)) unsafe.push('BROKER_PASSWORD');
  if (unsafe.length > 0) {
    process.stderr.write(
      `WARNING: published on ${PUBLISHED_ON} with ${unsafe.join(', ')} as everybody knows them: ` +
        `set values of your own in .env (.env.example says how).\n`,
    );
  }
}
