// Takes the devDependencies out of every package.json below the working folder, so that `turbo prune` leaves out what
// only tests need: it follows them as it does all others, and `npm ci --omit=dev` installs a workspace whoever asked for it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';

for (const file of globSync(['package.json', '{apps,packages,infra}/*/package.json'])) {
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
