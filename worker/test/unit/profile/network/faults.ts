/** How bad a network is. Shares are of messages, 0 to 1. */
export interface Faults {
  /** All else of chance follows from it. */
  seed: number;
  /** Longest delay of a message, in milliseconds; half of all take less than a quarter of it. */
  delay: number;
  loss: number;
  duplicates: number;
  /** Share of the messages at which the object dies that they reach. */
  crashes: number;
  /** Clocks are wrong by at most this much. Milliseconds. */
  skew: number;
  /** Share of what clients do that is broken off half-way, and begun again. */
  aborts: number;
}

/** A network that only takes its time. */
export const calm = (seed: number): Faults => ({
  seed,
  delay: 5,
  loss: 0,
  duplicates: 0,
  crashes: 0,
  skew: 0,
  aborts: 0,
});
