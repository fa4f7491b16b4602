/** One line of the Prometheus text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})?\s+(?<value>[-+\w.]+)(?:\s+-?\d+)?\s*$/;
const label = /([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g;
const escapes: Readonly<Record<string, string>> = { n: '\n' };

/** Parses the Prometheus text format; comments and what is not of its form are passed over.
 *  https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function parseMetrics(text: string): Sample[] {
  return text.split('\n').flatMap((each) => {
    const found = line.exec(each)?.groups;
    if (!found) return [];
    const labels = [...(found.labels ?? '').matchAll(label)].map(
      ([, name, value]) => [name!, value!.replaceAll(/\\(.)/g, (_, char: string) => escapes[char] ?? char)] as const,
    );
    return [{ name: found.name!, labels: Object.fromEntries(labels), value: numberOf(found.value!) }];
  });
}

/** The first of this name; undefined where there is none, or no number. */
export function valueOf(samples: readonly Sample[], name: string): number | undefined {
  const value = samples.find((sample) => sample.name === name)?.value;
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** `+Inf` is how the format, and not JavaScript, writes it. */
const numberOf = (text: string): number => Number(text.replace(/^([-+]?)Inf$/i, '$1Infinity'));
