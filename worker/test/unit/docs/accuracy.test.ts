/** `docs/reference/enrichment.md` has the figures that `npm run accuracy` finds. */
import { expect, it } from 'vitest';
import { accuracy, withFigures } from '../../../../scripts/accuracy.ts';
import { read } from './markdown.ts';

const cells = (page: string): string => page.replaceAll(/ {2,}| ?-{3,} ?/g, ' ');

it('the figures of accuracy are those that are measured', async () => {
  const page = read('docs/reference/enrichment.md');
  const figures = await accuracy();
  expect(figures.every(({ of }) => of > 0)).toBe(true);
  expect(cells(page)).toBe(cells(withFigures(page, figures)));
});
