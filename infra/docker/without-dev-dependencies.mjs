// Takes the devDependencies out of every package.json below the working folder but those of the folders named, so that
// `turbo prune` leaves out what only tests need: it follows them as it does all others, and `npm ci --omit=dev` installs a
// workspace whoever asked for it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';

const kept = process.argv.slice(2).map((folder) => `${folder}/package.json`);
for (const file of globSync(['package.json', '{apps,packages,infra}/*/package.json'])) {
  if (kept.includes(file)) continue;
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
