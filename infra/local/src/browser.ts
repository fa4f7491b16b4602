import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptInstall } from './apt.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
/** Where macOS keeps it. */
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export interface BrowserOptions {
  /** As in PATH. */
  readonly searchPath: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (line: string) => void;
}

/** A Chromium of this machine's, for tests in a real browser; installed where we may.
 *  @returns its program, or in `missing` the words that say why there is none */
export async function findBrowser(options: BrowserOptions): Promise<{ path: string } | { missing: string }> {
  const path = installed(options.searchPath);
  if (path !== undefined) return { path };
  const missing = 'there is no chromium on the PATH';
  const refused = await aptInstall({ name: 'chromium', title: 'Chromium', missing }, options);
  const now = installed(options.searchPath);
  return now === undefined ? (refused ?? { missing: `${missing}, though apt-get has installed it` }) : { path: now };
}

function installed(searchPath: string): string | undefined {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const programs = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [...programs, ...applications].find((file) => existsSync(file));
}
