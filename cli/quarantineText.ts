import type { QuarantinedEvent, ReplayResult } from '../worker/src/contract/wire.ts';
import { shown } from './terminal.ts';

/** One event in two lines: what it is, and what is wrong with it. */
export const eventText = (event: QuarantinedEvent): string => {
  const what = [event.type, event.event && JSON.stringify(event.event)].filter(Boolean).join(' ');
  const from = event.library === '' ? '' : ` from ${event.library}`;
  const lost = event.withheld === '' ? '' : ` (original not kept: ${event.withheld})`;
  return shown(`${event.id}  ${event.receivedAt}  ${event.code}  ${what}${from}${lost}`).concat(
    `\n    ${shown(event.message)}`,
  );
};

/** One line for each, and how many came to what. */
export function resultsText(results: readonly ReplayResult[]): string {
  const counts = new Map<string, number>();
  for (const { outcome } of results) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  const lines = results.map(({ id, outcome, message, notices }) =>
    shown([id, outcome, ...notices, message].filter(Boolean).join('  ')),
  );
  const sum = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  return [...lines, sum === '' ? 'No event.' : sum].join('\n');
}
