import type { Decision, Explanation, Offer } from '../../../../worker/src/contract/wire.ts';
import { make } from '../dom.ts';
import { reasonWords } from './words.ts';

const why = ({ name, chosen, because }: Explanation): HTMLElement =>
  make(
    'li',
    chosen ? 'why why--chosen' : 'why',
    make('span', 'why__name', name),
    make('span', 'visually-hidden', chosen ? ' was chosen: ' : ' was not chosen: '),
    make('span', 'why__because', because),
  );

const titleOf = ({ content }: Offer): string => ('title' in content ? content.title : content.text);

/** What stands in one slot, and of each campaign why it does or does not. */
export function decisionView(slot: string, decision: Decision, here: boolean): HTMLElement[] {
  const { offer, reason, variant, explain = [] } = decision;
  const place = here ? `In “${slot}” on this page` : `In “${slot}” on the home page`;
  const shown = make(
    'p',
    'shown',
    make('strong', 'shown__title', offer ? titleOf(offer) : 'Nothing: the page keeps its own'),
    make(
      'span',
      'shown__how',
      `${variant === undefined ? '' : `variant ${variant}, `}${reasonWords(reason)}`,
    ),
  );
  return [make('h3', '', place), shown, make('ul', 'whys', ...explain.map(why))];
}
