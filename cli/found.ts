/** One thing that was looked at, and what was found. */
export interface Check {
  check: 'page' | 'tag' | 'policy' | 'script' | 'key' | 'origin';
  ok: boolean;
  /** Whether it is right cannot be told from here. */
  note?: true;
  message: string;
}

export const pass = (check: Check['check'], message: string): Check => ({
  check,
  ok: true,
  message,
});
export const fail = (check: Check['check'], message: string): Check => ({
  check,
  ok: false,
  message,
});

export const note = (check: Check['check'], message: string): Check => ({
  check,
  ok: true,
  note: true,
  message,
});
