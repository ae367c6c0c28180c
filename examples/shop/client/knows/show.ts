import type { Knowledge } from '../../knows.ts';
import { byId, make } from '../dom.ts';
import { cartView } from './cart.ts';
import { decisionView } from './decisions.ts';
import { historyView } from './history.ts';
import { identityView } from './identity.ts';
import { interestsView } from './interests.ts';
import { personView } from './person.ts';
import { showTimeline } from './timeline.ts';
import { showTryIt } from './tryIt.ts';
import type { Sight } from './watch.ts';
import { showTimes } from './words.ts';

const STATUS: Record<Knowledge['status'], string> = {
  known: 'Live',
  nothing: 'Nothing yet. Look around: it shows here within a moment.',
  private: 'This browser belongs to a user. Sign in to the shop as that user to look.',
  unreachable: 'Cresset does not answer just now. The shop goes on without it.',
};

const statusOf = (knowledge: Knowledge): string =>
  knowledge.status === 'nothing' && knowledge.signedIn
    ? 'Nothing yet. Look around: it shows here within a moment, but for a user who was erased.'
    : STATUS[knowledge.status];

const drawn = new Map<string, string>();

/** Draws a section anew where what it shows has changed, so that nothing flickers or loses the focus. */
function draw(id: string, nodes: HTMLElement[]): void {
  const next = make('div', '', ...nodes);
  if (drawn.get(id) !== next.innerHTML) {
    drawn.set(id, next.innerHTML);
    byId(id).replaceChildren(...nodes);
  }
  showTimes(byId(id));
}

/** Shows what Cresset knows, in the drawer. */
export function showKnowledge({ knowledge, anonymousId, here }: Sight): void {
  const status = byId('knows-status');
  status.dataset['status'] = knowledge.status;
  const words = statusOf(knowledge);
  // It is a live region: written only where it says something else.
  if (status.textContent !== words) status.textContent = words;
  // What was shown last stays while the worker is away.
  if (knowledge.status === 'unreachable') return;
  const decisions = knowledge.status === 'private' ? {} : knowledge.decisions;
  draw(
    'knows-decisions',
    Object.entries(decisions).flatMap(([slot, decision]) => decisionView(slot, decision, here)),
  );
  const people = knowledge.status === 'known' ? knowledge.people : [];
  draw('knows-identity', people.length === 0 ? [] : identityView(people, anonymousId));
  draw('knows-history', historyView(people, anonymousId));
  showTryIt(knowledge, anonymousId);
  const profile = knowledge.status === 'known' ? knowledge.profile : undefined;
  draw('knows-person', profile === undefined ? [] : personView(profile));
  draw('knows-interests', profile === undefined ? [] : interestsView(profile));
  draw('knows-cart', profile === undefined ? [] : cartView(profile));
  showTimeline(knowledge.status === 'known' ? knowledge.events : [], anonymousId);
}
