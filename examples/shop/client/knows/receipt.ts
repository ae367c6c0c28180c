import type { ErasureReceipt } from '../../../../worker/src/contract/wire.ts';
import { byId, make } from '../dom.ts';
import { showTimes, when } from './words.ts';

/** Outlives the change of page that follows an erasure, not the tab. */
const KEPT = 'shop.receipts';

/** Keeps the receipts for the pages to come. */
export const keepReceipts = (receipts: readonly ErasureReceipt[]): void =>
  sessionStorage.setItem(KEPT, JSON.stringify(receipts));

const NAMES: Record<string, string> = {
  profiles: 'Profile',
  warehouse: 'Reports',
  dead_letters: 'What failed to arrive',
  chunks: 'Chunks',
};

function receiptView({ id, status, requestedAt, stores }: ErasureReceipt): HTMLElement[] {
  const lines = Object.entries(stores).map(([name, store]) =>
    make(
      'div',
      '',
      make('dt', '', NAMES[name] ?? name),
      make('dd', '', `${store.erased} erased${store.status === 'done' ? '' : ', under way'}`),
    ),
  );
  return [
    make(
      'p',
      'receipt__line',
      'Asked for ',
      when(requestedAt),
      status === 'done' ? ', done' : ', under way',
    ),
    make('dl', 'traits', ...lines),
    make('p', 'receipt__id', `Receipt ${id}`),
  ];
}

/** Shows what was erased, until it is put away. */
export function showReceipts(): void {
  const place = byId('knows-receipt');
  const text = sessionStorage.getItem(KEPT);
  if (text === null) return;
  const receipts = JSON.parse(text) as ErasureReceipt[];
  const away = make('button', 'receipt__away', 'Put away');
  away.addEventListener('click', () => {
    sessionStorage.removeItem(KEPT);
    place.replaceChildren();
    byId('knows-title').focus();
  });
  place.replaceChildren(
    make('h3', '', 'You were erased'),
    make(
      'div',
      'receipt',
      ...(receipts.length === 0
        ? [make('p', '', 'Nothing was known of you.')]
        : receipts.flatMap(receiptView)),
      make('p', '', 'This browser has a new anonymous id: it is a stranger.'),
      away,
    ),
  );
  showTimes(place);
}
