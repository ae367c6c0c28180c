import type { Knowledge } from '../../knows.ts';
import { byId } from '../dom.ts';

/** Shows what the visitor may do to the own identity just now, and to which browser. */
export function showTryIt(knowledge: Knowledge, own: string | undefined): void {
  const section = byId('knows-try');
  section.hidden = own === undefined || knowledge.status === 'private';
  for (const field of section.querySelectorAll<HTMLInputElement>('[name="anonymousId"]')) {
    field.value = own ?? '';
  }
  const people = knowledge.status === 'known' ? knowledge.people : [];
  const nodes = people.flatMap(({ identity }) => identity.identifiers);
  const self = nodes.find(({ kind, value }) => kind === 'anon' && value === own);
  byId('knows-split').hidden = self === undefined || self.joined === null;
  byId('knows-erase').hidden = people.length === 0;
  const named = nodes.filter(({ kind }) => kind === 'user').map(({ value }) => value);
  byId('erase-what').textContent =
    `Cresset erases ${named.length === 0 ? 'what it knows of this browser' : named.join(' and ')}: ` +
    `${nodes.length === 1 ? 'one identifier' : `${nodes.length} identifiers`} with all their events.`;
}
