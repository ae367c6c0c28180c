import type { Test } from './facts.ts';

/**
 * The tests that the conditions of one snapshot have in common. A hundred campaigns ask after the same
 * device and path: the first looks, the others are told.
 */
export class SharedTests {
  readonly #tests = new Map<string, Test>();

  /** The test of this name; made where there is none yet. */
  test(name: string, make: () => Test): Test {
    let test = this.#tests.get(name);
    if (test === undefined) {
      test = remembered(make());
      this.#tests.set(name, test);
    }
    return test;
  }
}

/** Looks once at the same facts. */
function remembered(test: Test): Test {
  let token: object = {};
  let held = false;
  return (facts) => {
    if (facts.token !== token) {
      held = test(facts);
      token = facts.token;
    }
    return held;
  };
}
