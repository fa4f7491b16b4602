import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** What a report carries within itself, so that it needs no network: our style and script, and the library that draws. */
export interface Assets {
  readonly css: string;
  readonly library: string;
  readonly script: string;
}

// The last one overrides the others.
const styles = ['theme.css', 'page.css', 'figures.css', 'tables.css', 'sizes.css'];

/** Reads them from where they are installed. @throws Error  uPlot is not installed */
export function readAssets(): Assets {
  const own = (file: string) => readFileSync(join(import.meta.dirname, 'browser', file), 'utf8');
  const uplot = dirname(createRequire(import.meta.url).resolve('uplot/package.json'));
  const theirs = (file: string) => readFileSync(join(uplot, file), 'utf8');
  return {
    css: theirs('dist/uPlot.min.css') + lean(styles.map(own).join('')),
    // Its licence asks for its text in every copy; the one-line head of the file is but an address.
    library: `/*! uPlot\n${theirs('LICENSE')}*/\n${theirs('dist/uPlot.iife.min.js').replace(/^\/\*!.*?\*\/\s*/, '')}`,
    script: own('charts.js'),
  };
}

/** Without comments and indentation. */
const lean = (css: string): string => css.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/\n\s*/g, '\n');
