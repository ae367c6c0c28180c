import { isDeepStrictEqual } from 'node:util';
import { identityOf, personOf, profileOf, timelineOf } from '../../../../src/profile/client.ts';
import { Tables } from '../../../../src/profile/tables.ts';
import { compareNames } from '../../../../src/profile/tree.ts';
import { IDENTIFIERS } from './identifiers.ts';
import type { Moment } from './truth.ts';
import type { Told, World } from './world.ts';
import { nameOf, named } from './identifiers.ts';

/** All that is wrong with a world at rest, in words. Nothing, where the rules were kept. */
export async function verdict(world: World): Promise<string[]> {
  const { observer, network } = world;
  restingObjects(world);
  for (const told of world.told) answered(world, told);
  await people(world);
  storage(world);
  return [...observer.faults, ...network.errors];
}

/** No object is left on its way, and none holds what lives elsewhere. */
function restingObjects({ network, observer }: World): void {
  observer.look();
  for (const { name, value } of IDENTIFIERS) {
    const seen = observer.seen(name);
    if (seen?.self === undefined) continue;
    const { standing, parting, returning } = seen;
    const fault = (what: string): void => observer.fault(`${value} ${what}`);
    if (standing.is === 'moving') fault('is moving for ever');
    if (standing.is === 'alias' && !standing.told) fault('was not heard');
    if (standing.is === 'erased' && (standing.untold.length > 0 || !standing.announced)) {
      fault('did not tell of the erasure');
    }
    if (standing.is === 'root' && seen.nodes.some(({ settled }) => !settled)) {
      fault('waits for more');
    }
    if (parting !== undefined) fault('is parting for ever');
    if (returning !== undefined) fault('is returning for ever');
    if (standing.is === 'alias' || standing.is === 'erased') {
      const tables = new Tables(network.host(name).storage.sql);
      const held = {
        events: tables.journal(0, Number.MAX_SAFE_INTEGER, 1),
        states: tables.states(),
        identifiers: tables.nodes(),
        history: tables.changes(),
      };
      for (const [what, rows] of Object.entries(held)) {
        if (rows.length > 0) fault(`is ${standing.is} and has ${what}`);
      }
    }
  }
}

/** Whether something held at some moment since. */
const everSince = (
  { observer }: World,
  since: number,
  holds: (moment: Moment) => boolean,
): boolean => {
  const { moments } = observer.truth;
  const first = moments.findLastIndex(({ at }) => at <= since);
  return moments.slice(Math.max(first, 0)).some(holds);
};

/** What a client was told was so, or became so. */
function answered(world: World, told: Told): void {
  const { observer, most } = world;
  const { command, outcome, began, id } = told;
  const ever = (holds: (moment: Moment) => boolean): boolean => everSince(world, began, holds);
  const fault = (what: string): void =>
    observer.fault(`${id} ${JSON.stringify(command)} was told ${JSON.stringify(outcome)}: ${what}`);
  const together =
    (a: string, b: string) =>
    ({ primary }: Moment): boolean =>
      primary.get(a) === primary.get(b);
  const erased =
    (...names: string[]) =>
    (moment: Moment): boolean =>
      names.some((name) => moment.erased.has(name));
  const membersOf = ({ primary }: Moment, name: string): string[] =>
    [...primary.keys()].filter((other) => primary.get(other) === primary.get(name));
  const count = (moment: Moment, name: string): number =>
    membersOf(moment, name).filter((other) => other.startsWith('a.')).length;
  const owned =
    (a: string, u: string) =>
    (moment: Moment): boolean =>
      !together(a, u)(moment) && membersOf(moment, a).some((name) => name.startsWith('u.'));
  const full =
    (a: string, b: string) =>
    (moment: Moment): boolean =>
      count(moment, a) + count(moment, b) > most;
  const splitting = world.commands.some((other) => other.do === 'split');

  switch (outcome.is) {
    case 'stored': {
      if (command.do !== 'events' && command.do !== 'alias') return;
      if (command.anon === undefined || command.user === undefined) return;
      if (command.do === 'events' && !command.mayLink) return;
      const a = named('anon', command.anon).name;
      const u = named('user', command.user).name;
      const { notice } = outcome;
      if (ever(erased(a, u))) return;
      if (notice === undefined) {
        if (!ever(together(a, u)) && !ever(full(a, u)) && !splitting) fault('never linked');
        // Where nothing was cut, the bond is the one that was vouched for.
        const { parent, link } = observer.truth.of(a);
        const bonded = parent === u && !splitting;
        if (command.verified && bonded && link !== 'verified') fault('not verified');
      } else if (notice === 'anonymous_id_owned') {
        const claimed = [...(observer.claims.get(a) ?? [])].some((other) => other !== u);
        if (!ever(owned(a, u)) && !claimed) fault('nobody owned it');
      } else if (notice === 'identifier_split') {
        const apart = ({ apart }: Moment): boolean => [...apart.values()].some((of) => of.has(u));
        if (!ever(apart)) fault('nobody split them');
      } else if (notice === 'identifier_limit') {
        // What was on its way counts.
        if (!ever((moment) => count(moment, u) + 1 > most || full(a, u)(moment))) fault('not full');
      } else fault('what for?');
      return;
    }
    case 'merged': {
      if (command.do !== 'merge') return;
      const [a, b] = [nameOf(command.into).name, nameOf(command.who).name];
      if (ever(erased(a, b))) return;
      const { merged } = outcome;
      if (merged === 'nobody') {
        const unborn = [a, b].some((name) => (observer.born.get(name) ?? Infinity) >= began);
        if (!unborn) fault('both were known');
      } else if (merged === 'owned') {
        if (!ever(owned(a, b)) && !ever(owned(b, a))) fault('nobody owned it');
      } else if (merged === 'full') {
        if (!ever(full(a, b))) fault('not full');
      } else if (!ever(together(a, b)) && !(merged === 'pending' && ever(full(a, b)))) {
        fault('never merged');
      }
      return;
    }
    case 'split': {
      if (command.do !== 'split') return;
      const { name } = nameOf(command.who);
      if (ever(erased(name))) return;
      const { split } = outcome;
      if (split === 'nobody') {
        if ((observer.born.get(name) ?? Infinity) < began) fault('it was known');
      } else if (!ever(({ primary }) => primary.get(name) === name)) fault('never split');
      return;
    }
    case 'erased': {
      if (command.do !== 'erase') return;
      const { name } = nameOf(command.who);
      if (outcome.erased === 'nobody') {
        if ((observer.born.get(name) ?? Infinity) < began) fault('it was known');
      } else if (!ever(erased(name))) fault('never erased');
    }
  }
}

/** Who is with whom, and what they hold. */
async function people(world: World): Promise<void> {
  const { observer, sent } = world;
  const { truth } = observer;
  const acked = new Set(
    world.told.flatMap(({ outcome }) => (outcome.is === 'stored' ? outcome.events : [])),
  );
  const found = new Map<string, string>();
  for (const { name, value } of IDENTIFIERS) {
    const fault = (what: string): void => observer.fault(`${value}: ${what}`);
    const answer = await world.ask((env) => personOf(env, name));
    let calls = 0;
    await world.ask((env) =>
      personOf(
        {
          ...env,
          PROFILE: {
            getByName: (object: string) => {
              calls += 1;
              return env.PROFILE.getByName(object);
            },
          },
        } as unknown as Env,
        name,
      ),
    );
    if (calls > 2) fault(`${calls} calls to its root`);
    const entry = truth.of(name);
    if (observer.seen(name)?.self === undefined) {
      if (answer.is !== 'nobody') fault(`is ${answer.is} without an object`);
      continue;
    }
    if (entry.erased !== (answer.is === 'erased')) fault(`is ${answer.is}, erased ${entry.erased}`);
    if (answer.is !== 'person') continue;
    const person = truth.person(name).toSorted(compareNames);
    if (answer.members.toSorted(compareNames).join() !== person.join()) {
      const say = (names: string[]): string => names.map((each) => observer.say(each)).join();
      fault(`is with ${say(answer.members)} and should be with ${say(person)}`);
      continue;
    }
    if (answer.person !== person[0]) fault(`lives at ${observer.say(answer.person)}`);
    if (answer.primary !== truth.primary(name)) fault(`primary is ${observer.say(answer.primary)}`);
    if (answer.person !== name) continue;

    // The rest once a person.
    const identity = await world.ask((env) => identityOf(env, name));
    for (const node of identity?.identifiers ?? []) {
      const number = Number(node.value.replace(/\D/g, ''));
      const each = truth.of(named(node.kind, number).name);
      if (
        (node.joined?.value ?? null) !== (each.parent === null ? null : observer.say(each.parent))
      ) {
        fault(`${node.value} hangs on ${node.joined?.value}, not ${observer.say(each.parent)}`);
      }
      if (node.link !== each.link) fault(`${node.value} is ${node.link}, not ${each.link}`);
    }
    const read = async (): Promise<unknown[]> => [
      // Which of many visits are remembered depends on the order in which they are put together.
      { ...(await world.ask((env) => profileOf(env, name))), session: null },
      await world.ask((env) => timelineOf(env, name, { limit: 1_000 })),
    ];
    const [profile, timeline] = (await read()) as [
      Awaited<ReturnType<typeof profileOf>>,
      Awaited<ReturnType<typeof timelineOf>>,
    ];
    const events = timeline?.events.map((event) => event.id) ?? [];
    for (const id of events) {
      if (found.has(id)) fault(`${id} is also at ${found.get(id)}`);
      found.set(id, value);
      const bearer = sent.get(id) ?? '';
      if (!person.includes(bearer)) fault(`${id} is ${observer.say(bearer)}'s`);
    }
    const counted = Object.entries(profile?.counters ?? {});
    for (const [id, { count }] of counted) if (count !== 1) fault(`${id} counted ${count} times`);
    const ids = (list: string[]): string => list.toSorted().join();
    if (ids(counted.map(([id]) => id)) !== ids(events)) {
      fault(`counts ${ids(counted.map(([id]) => id))} but has ${ids(events)}`);
    }
    world.network.host(name).crash();
    const again = await read();
    if (!isDeepStrictEqual(again, [profile, timeline])) {
      const show = (what: unknown): string => JSON.stringify(what);
      fault(`is another after a crash: ${show([profile, timeline])} then ${show(again)}`);
    }
  }
  for (const id of acked) {
    const bearer = sent.get(id) ?? '';
    const should = !truth.of(bearer).erased;
    if (should && !found.has(id)) observer.fault(`${id} of ${observer.say(bearer)} is lost`);
    if (should && world.network.warehouse.events.get(id) !== bearer) {
      observer.fault(`${id} never reached storage`);
    }
  }
  for (const id of found.keys()) {
    if (!world.network.warehouse.events.has(id)) observer.fault(`${id} never reached storage`);
  }
}

/** Storage has heard who is who. */
function storage({ observer, network }: World): void {
  const { truth } = observer;
  for (const { name, value } of IDENTIFIERS) {
    if (observer.seen(name)?.self === undefined) continue;
    const person = truth.of(name).erased
      ? ''
      : (truth.person(name).toSorted(compareNames)[0] ?? '');
    const said = network.warehouse.identities.get(name)?.person ?? name;
    if (said !== person) {
      observer.fault(
        `storage holds ${value} for ${observer.say(said)}, and it is ${observer.say(person)}`,
      );
    }
  }
}
