import { askPerson, personOf } from './client.ts';
import { type Identifier } from './names.ts';
import { kindOf } from './tables.ts';
import { compareNames } from './tree.ts';

/** What came of a merge. */
export type Merged =
  | { is: 'done' | 'unchanged' | 'pending'; person: string }
  /** Nothing is known of one of the two. */
  | { is: 'nobody' }
  /** The anonymous id belongs to another user. */
  | { is: 'owned' }
  /** Together they have more anonymous ids than a person may have. */
  | { is: 'full' }
  /** Something else is under way with one of the two. */
  | { is: 'busy' };

/** Both persons are read, then one is told to move; what changes in between is read again. */
const MAX_TRIES = 5;

/**
 * The private API merges two persons: `who`, with all that joined it, joins `into`. Which object moves into
 * which is a matter of their names; who joined whom is kept beside that.
 */
export async function mergePersons(
  env: Env,
  merge: { into: Identifier; who: Identifier; reason: string; most: number; now: number },
): Promise<Merged> {
  // A user never joins an anonymous id: it is the other way round, whoever is named first.
  const swap = merge.into.kind === 'anon' && merge.who.kind === 'user';
  const parent = swap ? merge.who : merge.into;
  const child = swap ? merge.into : merge.who;
  const edge = {
    child: child.name,
    parent: parent.name,
    link: 'verified' as const,
    at: merge.now,
    by: '',
    reason: merge.reason,
  };
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const [above, below] = await Promise.all([
      personOf(env, parent.name),
      personOf(env, child.name),
    ]);
    if (above.is !== 'person' || below.is !== 'person') return { is: 'nobody' };
    const [one, two] = [above.members.includes(child.name), below.members.includes(parent.name)];
    if (one && two) return { is: 'unchanged', person: above.person };
    // The two answers are of two moments, with a split or a merge between them.
    if (one || two || above.person === below.person) continue;
    const hasUser = below.members.some((name) => kindOf(name) === 'user');
    if (child.kind === 'anon' && hasUser) return { is: 'owned' };
    const [target, source] = [above.person, below.person].sort(compareNames);
    if (target === undefined || source === undefined) throw new Error('two persons have two names');
    // The source is asked by an identifier that it holds: so it answers wherever it lives by now.
    const of = source === above.person ? parent : child;
    const answer = await askPerson(env, of, (profile, head) =>
      profile.join({ ...head, target, edge, most: merge.most }),
    );
    switch (answer.is) {
      case 'joined':
        return { is: 'done', person: target };
      case 'pending':
        return { is: 'pending', person: target };
      case 'full':
      case 'owned':
        return { is: answer.is };
      case 'nobody':
      case 'erased':
        return { is: 'nobody' };
      case 'busy':
        break;
    }
  }
  return { is: 'busy' };
}
