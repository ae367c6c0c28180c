import type { ConsentLevel } from '../consent.ts';
import type { Part } from '../part.ts';

/** What Cresset reads of the TCF's `TCData` (IAB Tech Lab, "Consent Management Platform API v2", TCF 2.2 and 2.3). */
interface TCData {
  listenerId?: number;
  /** `tcloaded`: there is an answer from before; `useractioncomplete`: there is one now; else there is none yet. */
  eventStatus?: string;
  gdprApplies?: boolean;
  purpose?: { consents?: Purposes; legitimateInterests?: Purposes };
}
type Purposes = { [purpose: number]: boolean | undefined };

/** What the page's consent management platform, or the stub before it, puts on `window`. */
type TcfApi = (
  command: 'addEventListener' | 'removeEventListener',
  version: 2,
  run: (data: TCData, success: boolean) => void,
  listenerId?: number,
) => void;

/** The stub should stand before every other script. Where it comes late, it is looked for so many times … */
const TRIES = 10;
/** … after so many milliseconds, and each time twice as many: 51 s in all. */
const FIRST = 50;

/**
 * What the TC string allows, or nothing while nobody was asked. Storage (1) and content measurement (8, by consent
 * or legitimate interest) are needed for anything; personal content needs its profile (5) and its use (6).
 */
const levelOf = ({ eventStatus, gdprApplies, purpose }: TCData): ConsentLevel | undefined => {
  if (gdprApplies === false) return 'all';
  if (eventStatus !== 'tcloaded' && eventStatus !== 'useractioncomplete') return undefined;
  const { consents = {}, legitimateInterests = {} } = purpose ?? {};
  if (!consents[1] || !(consents[8] || legitimateInterests[8])) return 'none';
  return consents[5] && consents[6] ? 'all' : 'measure';
};

/**
 * Takes the consent level from the page's consent management platform by IAB's `__tcfapi`, now and whenever the
 * visitor changes it. Start with the consent `wait`: this part says when there is an answer.
 */
const tcf: Part = (cresset) => {
  const page = window as { __tcfapi?: TcfApi };
  let tries = 0;
  let timer: number | undefined;
  let stopped = false;
  let listener: number | undefined;
  const leave = (): void => {
    // Without an id the platform has not heard of us yet; its first call brings one, and ends here.
    if (listener !== undefined) page.__tcfapi?.('removeEventListener', 2, () => {}, listener);
  };
  const look = (): void => {
    if (stopped) return;
    if (page.__tcfapi)
      page.__tcfapi('addEventListener', 2, (data, success) => {
        if (!success) return;
        listener = data.listenerId;
        if (stopped) leave();
        else {
          const level = levelOf(data);
          if (level) cresset.consent(level);
        }
      });
    else if (tries < TRIES) timer = window.setTimeout(look, FIRST * 2 ** tries++);
    // oxlint-disable-next-line no-console -- the console is the only place where a page's developer looks
    else console.warn('cresset: no __tcfapi');
  };
  cresset.on('stop', () => {
    stopped = true;
    clearTimeout(timer);
    leave();
  });
  // `init` says its own level after the parts: what the platform says counts, so it comes later.
  queueMicrotask(look);
};

export default tcf;
