/** What is to be done at a moment. */
interface Task {
  at: number;
  order: number;
  run: () => void;
}

/**
 * Time as a list of things to do. Between two of them every promise that can settle does, as in an object that is
 * left alone until the next message: so one turn is one task.
 */
export class Clock {
  now: number;
  /** How wrong the clock of the one is whose turn it is. Milliseconds. */
  error = 0;
  readonly #tasks: Task[] = [];
  #order = 0;

  constructor(now: number) {
    this.now = now;
  }

  /** Answers how to call it off. */
  in(delay: number, run: () => void): () => void {
    const task = { at: this.now + Math.max(Math.ceil(delay), 0), order: (this.#order += 1), run };
    let low = 0;
    let high = this.#tasks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#tasks[middle];
      if (other !== undefined && other.at <= task.at) low = middle + 1;
      else high = middle;
    }
    this.#tasks.splice(low, 0, task);
    return () => {
      const at = this.#tasks.indexOf(task);
      if (at >= 0) this.#tasks.splice(at, 1);
    };
  }

  sleep(delay: number): Promise<void> {
    return new Promise((resolve) => {
      this.in(delay, resolve);
    });
  }

  /** Does all there is to do before a moment; `after` is called after each turn. */
  async runUntil(moment: number, after: () => void): Promise<void> {
    await settled();
    for (let [task] = this.#tasks; task !== undefined && task.at < moment; [task] = this.#tasks) {
      this.#tasks.shift();
      this.now = task.at;
      this.error = 0;
      task.run();
      await settled();
      after();
    }
    this.now = Math.max(this.now, moment);
  }
}

const settled = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

/** Lets the code under test see this clock and no other, and chance that can be repeated. */
export async function underClock<T>(
  clock: Clock,
  random: () => number,
  work: () => Promise<T>,
): Promise<T> {
  const real = {
    now: Date.now,
    random: Math.random,
    error: console.error,
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
  };
  const timers = new Map<number, () => void>();
  let last = 0;
  Date.now = () => clock.now + clock.error;
  Math.random = random;
  // Objects report what fails on the way; here most things fail on the way.
  console.error = () => {};
  Object.assign(globalThis, {
    setTimeout: (run: () => void, delay: number) => {
      last += 1;
      timers.set(last, clock.in(delay, run));
      return last;
    },
    clearTimeout: (id: number) => timers.get(id)?.(),
  });
  try {
    return await work();
  } finally {
    Date.now = real.now;
    Math.random = real.random;
    console.error = real.error;
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
  }
}
