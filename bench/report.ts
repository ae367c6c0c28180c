import type { Section } from './line.ts';
import type { Machine } from './machine.ts';

/** All that a run of the bench found. */
export interface Report {
  /** ISO 8601. */
  date: string;
  command: string;
  machine: Machine;
  /** SHA-256 of bench/floor.ts, first 12 digits: only ratios to the same floor can be compared. */
  floor: string;
  seconds: number;
  sections: Section[];
}

const MARKS = { met: 'met', missed: 'MISSED', unproven: 'unproven' } as const;
const cell = (text: string): string => text.replaceAll('|', '\\|');

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const lines = rows.map(
    (row) => `| ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

const sectionTable = ({ lines }: Section): string =>
  table([
    ['what', 'figure', 'budget', '', 'how'],
    ...lines.map(({ what, value, budget = '', verdict, note = '' }) =>
      [what, value, budget, verdict === undefined ? '' : MARKS[verdict], note].map(cell),
    ),
  ]);

/** A part of the bench, for a terminal. */
export function printed(section: Section): string {
  const width = Math.max(...section.lines.map(({ what }) => what.length));
  const figures = Math.max(...section.lines.map(({ value }) => value.length));
  const budgets = Math.max(...section.lines.map(({ budget = '' }) => budget.length));
  const lines = section.lines.map(({ what, value, budget = '', verdict, note }) => {
    const mark = verdict === undefined ? '' : MARKS[verdict];
    const line = `  ${what.padEnd(width)}  ${value.padStart(figures)}  ${budget.padEnd(budgets)}  ${mark}`;
    return note === undefined ? line.trimEnd() : `${line.trimEnd()}\n      ${note}`;
  });
  return `${section.title}\n${lines.join('\n')}\n`;
}

/** The whole report, for docs/reference. */
export function markdown({ date, command, machine, floor, seconds, sections }: Report): string {
  const parts = sections.map(
    (section) => `## ${section.title}\n\n${section.method}\n\n${sectionTable(section)}\n`,
  );
  return `# Benchmarks

Written by \`${command}\` on ${date.slice(0, 10)} in ${Math.round(seconds)} s: ${machine.cores} cores (${machine.processor}), ${machine.system}, Node ${machine.node}, load ${machine.load.toFixed(1)} at the start. Floor \`${floor}\`. "unproven" means that the run was too noisy: the quartiles of the pairs were more than 25 % apart.

${parts.join('\n')}`;
}
