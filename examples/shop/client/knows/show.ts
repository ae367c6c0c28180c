import type { Knowledge } from '../../knows.ts';
import { byId, make } from '../dom.ts';
import { cartView } from './cart.ts';
import { decisionView } from './decisions.ts';
import { interestsView } from './interests.ts';
import { personView } from './person.ts';
import { showTimeline } from './timeline.ts';
import type { Sight } from './watch.ts';

const STATUS: Record<Knowledge['status'], string> = {
  known: 'Live',
  nothing: 'Nothing yet. Look around: it shows here within a moment.',
  private: 'This browser belongs to a user. Sign in to the shop as that user to look.',
  unreachable: 'Cresset does not answer just now. The shop goes on without it.',
};

const drawn = new Map<string, string>();

/** Draws a section anew where what it shows has changed, so that nothing flickers or loses the focus. */
function draw(id: string, nodes: HTMLElement[]): void {
  const next = make('div', '', ...nodes);
  if (drawn.get(id) === next.innerHTML) return;
  drawn.set(id, next.innerHTML);
  byId(id).replaceChildren(...nodes);
}

/** Shows what Cresset knows, in the drawer. */
export function showKnowledge({ knowledge, anonymousId, here }: Sight): void {
  const status = byId('knows-status');
  if (status.dataset['status'] !== knowledge.status) {
    status.dataset['status'] = knowledge.status;
    status.textContent = STATUS[knowledge.status];
  }
  // What was shown last stays while the worker is away.
  if (knowledge.status === 'unreachable') return;
  const decisions = knowledge.status === 'private' ? {} : knowledge.decisions;
  draw(
    'knows-decisions',
    Object.entries(decisions).flatMap(([slot, decision]) => decisionView(slot, decision, here)),
  );
  const profile = knowledge.status === 'known' ? knowledge.profile : undefined;
  draw('knows-person', profile === undefined ? [] : personView(profile, anonymousId));
  draw('knows-interests', profile === undefined ? [] : interestsView(profile));
  draw('knows-cart', profile === undefined ? [] : cartView(profile));
  showTimeline(knowledge.status === 'known' ? knowledge.events : [], anonymousId);
}
