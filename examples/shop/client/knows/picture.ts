import { shape } from '../dom.ts';
import { keyOf, type Row } from './tree.ts';

/** Sizes in 1/16 rem, so that the picture grows with the text beside it. */
const STEP = 26;
const ROW = 52;
const RADIUS = 14;
const LEFT = 16;
const BEND = 10;
/** A chain that goes on deeper than that goes on straight down. */
const MAX_DEPTH = 4;

const GLYPHS = {
  user: 'M8.5 8.5a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M5.5 19c.8-3.4 3.4-5 6.5-5s5.7 1.6 6.5 5',
  anon: 'M5.5 6h13a1.5 1.5 0 0 1 1.5 1.5v9a1.5 1.5 0 0 1-1.5 1.5h-13a1.5 1.5 0 0 1-1.5-1.5v-9a1.5 1.5 0 0 1 1.5-1.5M4 10h16',
};

const xOf = ({ depth }: Row): number => LEFT + Math.min(depth, MAX_DEPTH) * STEP;
const yOf = (index: number): number => ROW / 2 + index * ROW;

function edge(rows: readonly Row[], row: Row, index: number, fresh: boolean): SVGElement[] {
  const parent = row.parent === undefined ? undefined : rows[row.parent];
  if (parent === undefined || row.parent === undefined) return [];
  const [fromX, fromY, toX, toY] = [xOf(parent), yOf(row.parent) + RADIUS, xOf(row), yOf(index)];
  const path =
    fromX === toX
      ? `M${fromX} ${fromY}V${toY - RADIUS}`
      : `M${fromX} ${fromY}V${toY - BEND}q0 ${BEND} ${BEND} ${BEND}H${toX - RADIUS}`;
  const link = row.node.link ?? 'own';
  return [shape('path', { class: `edge edge--${link}${fresh ? ' edge--new' : ''}`, d: path })];
}

function dot(row: Row, index: number, own: string, fresh: boolean): SVGElement {
  const { node } = row;
  const self = keyOf(node) === own ? ' dot--self' : '';
  return shape(
    'g',
    {
      class: `dot dot--${node.kind}${self}${fresh ? ' dot--new' : ''}`,
      transform: `translate(${xOf(row)} ${yOf(index)})`,
    },
    shape('circle', { r: String(RADIUS) }),
    shape('path', { d: GLYPHS[node.kind], transform: 'translate(-9 -9) scale(0.75)' }),
  );
}

/** How far the words of a row stand from the left. 1/16 rem. */
export const indentOf = (row: Row): number => xOf(row) + RADIUS + 10;

/**
 * The lines and dots beside the rows: solid for verified, dashed for claimed. What it shows is said in
 * the rows as well, so it is no more than a decoration to those who do not see it.
 */
export function picture(
  rows: readonly Row[],
  own: string,
  isNew: (key: string) => boolean,
): SVGElement {
  const width = Math.max(...rows.map(xOf)) + RADIUS + 2;
  const height = rows.length * ROW;
  // The claimed ones first: where both take the same way, a dash over a solid line would blur it.
  const order = [...rows.entries()].sort(
    ([, a], [, b]) => Number(b.node.link === 'claimed') - Number(a.node.link === 'claimed'),
  );
  return shape(
    'svg',
    {
      class: 'graph__picture',
      viewBox: `0 0 ${width} ${height}`,
      width: `${width / 16}rem`,
      height: `${height / 16}rem`,
      'aria-hidden': 'true',
    },
    ...order.flatMap(([index, row]) => edge(rows, row, index, isNew(keyOf(row.node)))),
    ...rows.map((row, index) => dot(row, index, own, isNew(keyOf(row.node)))),
  );
}
