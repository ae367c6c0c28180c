import type { Properties } from '../properties.ts';
import type { Part } from '../part.ts';
import { followConsent } from './consentMode.ts';
import { EVENTS, propertiesOf } from './ga4.ts';

/** What is pushed: Tag Manager's objects, and the `arguments` of `gtag()`. What is neither is none of ours. */
type Message = Properties & Iterable<unknown>;

/**
 * Follows GA4's `dataLayer`: what was pushed before and what is pushed from now on. E-commerce events become those of
 * Segment's spec, Consent Mode's commands the consent level. Everything else is left alone.
 */
const datalayer: Part = (cresset) => {
  const page = window as { dataLayer?: unknown[] };
  const layer = (page.dataLayer ??= []);
  const follow = followConsent((level) => cresset.consent(level));
  const take = (message: unknown): void => {
    try {
      const said = message as Message;
      const [command, name, fields = {}] = (
        said['event'] ? ['event', said['event'], said['ecommerce'] ?? said] : [...said]
      ) as [string, string, Properties?];
      const event = command === 'event' && EVENTS[name];
      if (event)
        propertiesOf(event, fields).forEach((properties) => cresset.track(event, properties));
      if (command === 'consent') follow(name, fields);
    } catch {
      // The page's own push goes on, whatever it pushes.
    }
  };

  const past = [...layer];
  const original = layer.push;
  const push: typeof original = (...messages) => {
    messages.forEach(take);
    return original.apply(layer, messages);
  };
  layer.push = push;
  cresset.on('stop', () => {
    // Somebody, such as Tag Manager, may have wrapped it after us: then ours stays below, where
    // what it calls does nothing any more.
    if (layer.push === push) layer.push = original;
  });
  // Capturing begins after the parts were called. What is pushed until then must not overtake what was before.
  queueMicrotask(() => past.forEach(take));
};

export default datalayer;
