import { attempt } from './attempt.ts';
import { isLive, level, soon } from './consent.ts';
import { page } from './context.ts';
import { type EventFields, messageId, type NewEvent } from './event.ts';
import { lose } from './loss.ts';
import { getPerson } from './person.ts';
import { add } from './queue.ts';
import { wake } from './sender.ts';
import { tell } from './signals.ts';

/** Makes an event that happens now, stores it and sends it soon. Whose it is shows only when it may be stored. */
export const emit = (fields: EventFields): NewEvent => {
  const event: NewEvent = {
    type: 'track',
    timestamp: new Date().toISOString(),
    ...fields,
    messageId: messageId(),
    context: { page: page(), ...fields.context },
  };
  // What waits is as it was at the call. What is no JSON is told when it is stored.
  const copy = !isLive && attempt(() => JSON.parse(JSON.stringify(event)) as NewEvent);
  soon(() =>
    attempt(
      () => {
        const context = { ...event.context, consent: level };
        const stored = { ...event, ...copy, ...getPerson(), context };
        add(stored);
        wake();
        tell('event', stored);
      },
      (error) => lose(1, 'invalid', error),
    ),
  );
  return event;
};
