import type { TimelineEvent } from '../../../../worker/src/contract/wire.ts';
import { byId, make } from '../dom.ts';
import { ago, eventWords, showTimes } from './words.ts';

function entry(event: TimelineEvent, own: string | undefined): HTMLElement {
  const { id, type, properties, identifier, timestamp } = event;
  const time = make('time', 'event__time', ago(timestamp));
  time.setAttribute('datetime', timestamp);
  const elsewhere = identifier.kind === 'anon' && identifier.value !== own;
  const details = make(
    'details',
    '',
    make(
      'summary',
      'event__line',
      make(
        'span',
        'event__words',
        eventWords(event),
        elsewhere ? make('span', 'chip', 'another browser') : '',
      ),
      time,
    ),
    make('pre', 'event__raw', JSON.stringify({ type, event: event.event, properties }, null, 2)),
  );
  const item = make('li', `event event--${type}`, details);
  item.dataset['id'] = id;
  return item;
}

/** Brings the list in line with the events, newest first, and leaves what was opened open. */
export function showTimeline(events: readonly TimelineEvent[], own: string | undefined): void {
  const list = byId('knows-timeline');
  byId('knows-events').hidden = events.length === 0;
  const old = new Map(
    [...list.children].map((child) => [(child as HTMLElement).dataset['id'], child]),
  );
  const first = old.size === 0;
  let place: Element | null = list.firstElementChild;
  for (const event of events) {
    const known = old.get(event.id);
    old.delete(event.id);
    if (known !== undefined && known === place) {
      place = known.nextElementSibling;
    } else if (known === undefined) {
      const added = entry(event, own);
      if (!first) added.classList.add('event--new');
      list.insertBefore(added, place);
    } else {
      list.insertBefore(known, place);
    }
  }
  for (const gone of old.values()) gone.remove();
  showTimes(list);
}
