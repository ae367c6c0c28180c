import { PAGE_ENGAGED } from '../../worker/src/contract/values.ts';
import type { EventContext } from '../../worker/src/contract/wire.ts';
import { captureEngagement } from './capture/engagement.ts';
import { captureExposure } from './capture/exposure.ts';
import { capturePages } from './capture/page.ts';
import type { Config } from './config.ts';
import { address } from './context.ts';
import { createEvent, type EventFields, type StoredEvent } from './event.ts';
import { ensurePerson } from './identity.ts';
import { createScope, type Scope } from './lifecycle.ts';
import { createQueue } from './queue.ts';
import { createSender } from './sender.ts';
import { createSlots } from './slots.ts';
import { STORED } from './store.ts';

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

/** Starts capturing and sending. */
export const run = (config: Config, where: () => EventContext): Run => {
  const scope = createScope();
  const queue = createQueue(`${STORED}${config.key}.`);
  const sender = createSender(config, queue, scope);
  const emit = (fields: EventFields, context = where()): StoredEvent => {
    const event = createEvent(fields, ensurePerson(), context);
    queue._add(event);
    sender._wake();
    return event;
  };

  const engagement = captureEngagement<StoredEvent>(scope, ({ messageId, context }, engaged) =>
    emit({ type: 'track', event: PAGE_ENGAGED, properties: { engaged, view: messageId } }, context),
  );
  const fill = createSlots(
    scope,
    config.timeout,
    sender._ask,
    captureExposure(scope, (event, properties) => emit({ type: 'track', event, properties })),
  );
  const ready = new Promise<unknown>((done) => {
    if (document.readyState === 'loading') scope._on(document, 'DOMContentLoaded', done);
    else done(0);
  });
  let viewed: string | undefined;
  const view = (fields?: EventFields): void => {
    engagement._close();
    viewed = address();
    engagement._open(emit({ ...fields, type: 'page' }));
    if (config.slots) void ready.then(fill);
  };
  const follow = (): void => {
    if (config.pages && viewed !== address()) view();
  };
  const leave = (): void => {
    follow();
    engagement._close();
    sender._leave();
  };

  void ready.then(sender._open);
  // On becoming visible again this does no harm, and what an outage held back gets a new chance.
  for (const type of ['pagehide', 'visibilitychange']) scope._on(window, type, leave);
  if (config.pages) {
    capturePages(scope, follow, view);
    follow();
  }
  return { _scope: scope, _emit: emit, _view: view, _leave: leave };
};
