import type { Knowledge } from '../../knows.ts';
import { anonymousId } from '../sdk.ts';

/** Milliseconds from an answer to the next question. */
const PAUSE = 1_500;

/** What was asked about, and what is known of it. */
export interface Sight {
  knowledge: Knowledge;
  /** This browser's anonymous id; undefined while the SDK is not there. */
  anonymousId: string | undefined;
  /** The page has slots of its own; else the home page's were asked about. */
  here: boolean;
}

const ownSlots = (): string[] => [
  ...new Set(
    [...document.querySelectorAll<HTMLElement>('[data-cresset-slot]')].flatMap(
      (place) => place.dataset['cressetSlot'] ?? [],
    ),
  ),
];

async function look(signal: AbortSignal): Promise<Sight> {
  const slots = ownSlots();
  const here = slots.length > 0;
  const id = anonymousId();
  const query = new URLSearchParams({
    anonymousId: id ?? '',
    slots: here ? slots.join(',') : 'hero',
    url: here ? location.href : `${location.origin}/`,
    referrer: here ? document.referrer : location.href,
  });
  const answer = async (): Promise<Knowledge> => {
    try {
      const response = await fetch(`/what-cresset-knows?${query}`, { signal });
      return response.ok ? ((await response.json()) as Knowledge) : { status: 'unreachable' };
    } catch {
      return { status: 'unreachable' };
    }
  };
  return { knowledge: await answer(), anonymousId: id, here };
}

/** Asks again and again while it is started and the page is to be seen. */
export function createWatch(show: (sight: Sight) => void): { start(): void; stop(): void } {
  let current: AbortController | undefined;

  const run = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      if (!document.hidden) {
        const sight = await look(signal);
        if (signal.aborted) return;
        show(sight);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PAUSE);
        signal.addEventListener('abort', () => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  };

  return {
    start() {
      current?.abort();
      current = new AbortController();
      void run(current.signal);
    },
    stop() {
      current?.abort();
    },
  };
}
