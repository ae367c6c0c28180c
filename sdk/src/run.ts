import { PAGE_ENGAGED } from '../../worker/src/contract/values.ts';
import type { EventContext } from '../../worker/src/contract/wire.ts';
import { captureEngagement } from './capture/engagement.ts';
import { capturePages } from './capture/page.ts';
import { isOn, type Options, TIMEOUT } from './config.ts';
import { address } from './context.ts';
import { createEvent, type EventFields, type StoredEvent } from './event.ts';
import { getPerson } from './identity.ts';
import { createScope, type Scope } from './lifecycle.ts';
import { createQueue } from './queue.ts';
import { createSender } from './sender.ts';
import { createSlots } from './slots.ts';
import { STORED } from './store.ts';

/** Not in every browser, and not in TypeScript's DOM. */
type Prerendering = Document & { prerendering?: boolean };

/** What runs while there is consent. */
export interface Run {
  _scope: Scope;
  /** Makes an event, stores it and sends it soon. */
  _emit(fields: EventFields): void;
  /** The same for a page view, which also asks for decisions. */
  _view(fields?: EventFields): void;
  /** Reports and sends everything now, for the page may be about to go. */
  _leave(): void;
}

/** Tells where an event happens: on this page, unless it belongs to another. */
export type Where = (page?: EventContext['page']) => EventContext;

/** Starts capturing and sending. */
export const run = (options: Options, where: Where): Run => {
  const scope = createScope();
  const queue = createQueue(`${STORED}${options.key}.`);
  const sender = createSender(options, queue, scope);
  const emit = (fields: EventFields, page?: EventContext['page']): StoredEvent => {
    const event = createEvent(fields, getPerson(), where(page));
    queue._add(event);
    sender._wake();
    return event;
  };

  const engagement = captureEngagement<StoredEvent>(scope, ({ messageId, context }, engaged) =>
    emit({ event: PAGE_ENGAGED, properties: { engaged, view: messageId } }, context.page),
  );
  const fill = createSlots(scope, options.timeout ?? TIMEOUT, sender._ask, (event, properties) =>
    emit({ event, properties }),
  );
  const ready = new Promise<unknown>((done) => {
    if (document.readyState === 'loading') scope._on(document, 'DOMContentLoaded', done);
    else done(0);
  });
  const auto = isOn(options.pages);
  let viewed: string | undefined;
  const view = (fields?: EventFields): void => {
    engagement._close();
    viewed = address();
    engagement._open(emit({ ...fields, type: 'page' }));
    if (isOn(options.slots)) void ready.then(fill);
  };
  const follow = (): void => {
    if (auto && viewed !== address()) view();
  };
  const leave = (): void => {
    follow();
    engagement._close();
    sender._leave();
  };

  void ready.then(sender._open);
  // On becoming visible again this does no harm, and what an outage held back gets a new chance.
  for (const type of ['pagehide', 'visibilitychange']) scope._on(window, type, leave);
  if (auto) {
    capturePages(scope, follow, view);
    // A prerendered page may never be shown: it is viewed when it is.
    if ((document as Prerendering).prerendering) scope._on(document, 'prerenderingchange', follow);
    else follow();
  }
  return { _scope: scope, _emit: emit, _view: view, _leave: leave };
};
