/** What the bench sees of an object from within. */
export interface Look {
  /** What its database holds, as the platform counts it. Bytes. */
  bytes: number;
  /** `root`, `moving`, `alias` or `erased`: see worker/src/profile/standing.ts. */
  standing: string;
}

/** What the bench does to objects of the held worker: see held.ts. */
export interface Objects {
  look(name: string): Promise<Look>;
  /** Lets its alarm do what is due. */
  ring(name: string): Promise<Look>;
  /** Makes what it received older. Milliseconds. */
  age(name: string, by: number): Promise<Look>;
  /** Everything it knows is on disk only, as after a while without a request. */
  evict(name: string): Promise<void>;
}

/** The door to the objects of the held worker on this port. */
export function objectsOf(port: number): Objects {
  const call = async (name: string, what: string, by = 0): Promise<Look> => {
    const query = new URLSearchParams({ name, do: what, by: String(by) }).toString();
    const answer = await fetch(`http://127.0.0.1:${port}/bench/object?${query}`);
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Look;
  };
  return {
    look: (name) => call(name, 'look'),
    ring: (name) => call(name, 'ring'),
    age: (name, by) => call(name, 'age', by),
    async evict(name) {
      // What waits for the outbox would be counted again at the next load; after a while there is nothing.
      await call(name, 'ring');
      await call(name, 'evict');
    },
  };
}
