import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import express, { type Router } from 'express';
import { problem } from '@twinstore/contracts';
import { nameRoute } from '@twinstore/platform';
import { NOT_ASKED } from '../report/words.ts';

/** A run that left its results. */
export interface Report {
  /** Below `/reports`. */
  readonly folder: string;
  readonly plan: string;
  readonly title?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** Whether trials that were planned are missing; undefined where the results do not tell. */
  readonly partial?: boolean;
  /** The sentences that its report begins with. */
  readonly verdicts: readonly string[];
  /** Which of `reportFiles` there are. */
  readonly files: readonly string[];
}

const reportFiles = { 'report.html': 'text/html', 'report.md': 'text/markdown', 'results.json': 'application/json' };
/** No dot at the beginning and no separator anywhere: it is a folder of the results, and nothing else. */
const folderName = /^[A-Za-z0-9][\w.-]{0,150}$/;
/** Enough for what results and reports begin with: results have megabytes, and reading them disturbs a run. */
const HEAD_BYTES = 8_192;
const MOST_REPORTS = 100;
const MOST_VERDICTS = 3;

/** What there is in the folder of the results, newest first. */
export async function listReports(resultsDir: string): Promise<Report[]> {
  const entries = await readdir(resultsDir, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory() && folderName.test(entry.name));
  // They begin with their time.
  const names = folders.map(({ name }) => name).sort((a, b) => b.localeCompare(a, 'en'));
  const reports = await Promise.all(names.slice(0, MOST_REPORTS).map((name) => readReport(resultsDir, name)));
  return reports.filter(({ files }) => files.length > 0);
}

async function readReport(resultsDir: string, folder: string): Promise<Report> {
  const at = (file: string) => join(resultsDir, folder, file);
  const sizes = await Promise.all(
    Object.keys(reportFiles).map((file) =>
      stat(at(file)).then(
        () => [file],
        () => [],
      ),
    ),
  );
  const [results, markdown] = await Promise.all([headOf(at('results.json')), headOf(at('report.md'))]);
  const title = textIn(results, 'title');
  const startedAt = textIn(results, 'startedAt');
  const partial = /"partial":\s*(true|false)/.exec(results)?.[1];
  return {
    folder,
    plan: textIn(results, 'name') ?? /^[\dTZ-]+-(.+)$/.exec(folder)?.[1] ?? folder,
    ...(title !== undefined && { title }),
    ...(startedAt !== undefined && { startedAt }),
    ...(partial !== undefined && { partial: partial === 'true' }),
    verdicts: verdictsIn(markdown),
    files: sizes.flat(),
  };
}

async function headOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The first member of that name: `Results` begins with its plan, its times and whether it is whole. */
function textIn(json: string, name: string): string | undefined {
  const literal = new RegExp(`"${name}":\\s*("(?:[^"\\\\]|\\\\.)*")`).exec(json)?.[1];
  return literal === undefined ? undefined : (JSON.parse(literal) as string);
}

/** The lists below the heading "Verdicts", without marks; those that found a difference stand in bold, and come first. */
function verdictsIn(markdown: string): string[] {
  const [, section = ''] = markdown.split(/^#+ Verdicts$/m);
  const items = section.split(/^#/m)[0]!.matchAll(/^- (.+)$/gm);
  const lines = [...items].map(([, line]) => line!).filter((line) => line !== NOT_ASKED);
  const sorted = [...lines.filter(isBold), ...lines.filter((line) => !isBold(line))];
  return sorted.slice(0, MOST_VERDICTS).map(unmarked);
}

const unmarked = (line: string) =>
  line
    .replaceAll('**', '')
    .replaceAll(/\\([\\`*_|])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&');

const isBold = (line: string) => line.startsWith('**');

/** A report is one file with its own script and style; it may do nothing with either but show what it holds. */
const REPORT_POLICY =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `GET /reports/{folder}/{file}`: the files of `reportFiles`, and nothing else. */
export function reportRoutes(resultsDir: string): Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.get('/reports/:folder/:file', nameRoute('/reports/{folder}/{file}'), (req, res, next) => {
    const [folder, file] = [String(req.params['folder']), String(req.params['file'])];
    if (!folderName.test(folder) || !isReportFile(file)) return next(problem('not-found'));
    const headers = {
      'Content-Type': `${reportFiles[file]}; charset=utf-8`,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': REPORT_POLICY,
      'Referrer-Policy': 'no-referrer',
    };
    // A run that goes on writes its results anew after each trial.
    const options = { root: resultsDir, headers, cacheControl: false, lastModified: true, dotfiles: 'deny' } as const;
    res.setHeader('Cache-Control', 'no-cache');
    res.sendFile(join(folder, file), options, (error?: NodeJS.ErrnoException) => {
      if (!error || res.destroyed) return;
      next(error.code === 'ENOENT' || error.code === 'EISDIR' ? problem('not-found') : error);
    });
  });
  return router;
}

const isReportFile = (name: string): name is keyof typeof reportFiles => Object.hasOwn(reportFiles, name);
