import type { Analysis } from '../../analysis/model.ts';
import type { Results } from '../../run/model.ts';
import type { Markup } from '../markup.ts';
import type { Look } from '../palette.ts';

/** What every section of a report is made from. */
export interface PageData {
  readonly results: Results;
  readonly analysis: Analysis;
  /** By contender, of whom there is one for each that occurs anywhere. */
  readonly looks: ReadonlyMap<string, Look>;
  /** By process. */
  readonly processes: ReadonlyMap<string, Look>;
}

/** A part of the report with a heading. Undefined where a run has no data for it. */
export interface Section {
  /** For links. */
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}
