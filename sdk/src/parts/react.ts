import {
  createContext,
  createElement,
  type HTMLAttributes,
  type ReactElement,
  type ReactNode,
  type RefCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react';
import { MAX_SLOTS, PROMOTION_CLICKED } from '../../../worker/src/contract/values.ts';
import type { Decision, DecisionReason, Decisions } from '../../../worker/src/contract/wire.ts';
import type { Cresset, Options } from '../index.ts';

/** What is known of the offer in a slot. */
export interface OfferState {
  /** What was decided; undefined on the server, while the answer is waited for, and after a change of the slot. */
  decision: Decision | undefined;
  /** True until there is a decision. */
  loading: boolean;
  /**
   * Of the element in which you show the offer, or where it would be: it reports when that was seen and, where there
   * is an offer, clicked. Without it nothing is reported.
   */
  ref: RefCallback<HTMLElement>;
}

/** What {@link CressetProvider} takes: one of `cresset` and `options`. */
export interface CressetProviderProps {
  /** What `init` returned. May come later than the first rendering. */
  cresset?: Cresset | undefined;
  /** What `init` takes: it is called in the browser, after hydration, once, whatever changes. */
  options?: Options | undefined;
  children?: ReactNode;
}

/** What {@link Slot} takes, besides the attributes of its `div`. */
export interface SlotProps extends HTMLAttributes<HTMLDivElement> {
  /** Name of the slot. */
  name: string;
  /** What everybody sees, where there is no offer. */
  children?: ReactNode;
}

interface Shared {
  cresset: Cresset;
  ask(slot: string): Promise<Decision | undefined>;
}

const Context = createContext<Shared | undefined>(undefined);

/** What components ask for in one commit is one question. */
const createAsk = (cresset: Cresset): Shared['ask'] => {
  let slots = new Set<string>();
  let answer: Promise<Decisions> | undefined;
  return async (slot) => {
    if (!answer || slots.size >= MAX_SLOTS) {
      const asked = (slots = new Set());
      const mine = (answer = Promise.resolve().then(async () => {
        if (answer === mine) answer = undefined;
        return cresset.decide([...asked]);
      }));
    }
    slots.add(slot);
    return (await answer)[slot];
  };
};

let started: Promise<Cresset> | undefined;

/** Gives Cresset to the components inside. It is not stopped with them: one Cresset lives as long as the page. */
export const CressetProvider = ({
  cresset,
  options,
  children,
}: CressetProviderProps): ReactElement => {
  const [own, setOwn] = useState<Cresset>();
  useEffect(() => {
    if (!cresset && options) {
      started ??= import('../index.ts').then(({ init }) => init(options));
      void started.then(setOwn);
    }
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, whatever changes
  }, []);
  const given = cresset ?? own;
  const shared = useMemo(() => given && { cresset: given, ask: createAsk(given) }, [given]);
  return createElement(Context.Provider, { value: shared }, children);
};

/** Cresset's calls; undefined on the server, and in the browser until it has started. */
export const useCresset = (): Cresset | undefined => useContext(Context)?.cresset;

/** `isOurs`: the offer is shown by Cresset, not by the caller. */
const useSlot = (slot: string, isOurs: boolean): OfferState => {
  const shared = useContext(Context);
  const [place, ref] = useState<HTMLElement | null>(null);
  const [known, setKnown] = useState<[slot: string, decision: Decision]>();
  const decision = known?.[0] === slot ? known[1] : undefined;

  useEffect(() => {
    if (!shared) return undefined;
    let isCurrent = true;
    let reason: DecisionReason | undefined;
    const ask = async (): Promise<void> => {
      reason = undefined;
      const decision = (await shared.ask(slot)) ?? { reason: 'ERROR' };
      ({ reason } = decision);
      if (isCurrent) setKnown([slot, decision]);
    };
    void ask();
    // The first event that is stored tells that there is consent now.
    const undo = shared.cresset.on('event', () => {
      if (reason === 'NO_CONSENT') void ask();
    });
    return () => {
      isCurrent = false;
      undo();
    };
  }, [shared, slot]);

  useEffect(() => {
    if (!shared || !place || !decision) return undefined;
    const { cresset } = shared;
    const { decisionId, campaign, variant, offer } = decision;
    if (isOurs || !offer) return cresset.show(place, decision, slot);
    // Seen as the empty place of a withheld offer is seen: what stands in it is the caller's.
    const undo = cresset.show(place, { ...decision, offer: undefined }, slot);
    const click = (): void =>
      cresset.track(PROMOTION_CLICKED, {
        promotion_id: campaign,
        creative: variant,
        position: slot,
        decisionId,
      });
    place.addEventListener('click', click);
    return () => {
      place.removeEventListener('click', click);
      undo();
    };
  }, [shared, place, decision, slot, isOurs]);

  return { decision, loading: !decision, ref };
};

/** What to show in a slot, for an offer that you show yourself. Asked once, when the component is mounted. */
export const useOffer = (slot: string): OfferState => useSlot(slot, false);

/**
 * A slot: a `div` in which an offer is shown as in the page's own slots, and what stands inside where there is none.
 */
export const Slot = ({ name, children, ...attributes }: SlotProps): ReactElement =>
  createElement(
    'div',
    { ...attributes, ref: useSlot(name, true).ref },
    // React changes nothing but what is in this one, which is put aside as a whole and put back.
    createElement('div', null, children),
  );
