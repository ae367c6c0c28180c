/** A command was called wrongly: it exits with 2 and says how to call it. Every other error exits with 1. */
export class UsageError extends Error {
  /** How to call it. */
  readonly help: string;

  constructor(message: string, help: string) {
    super(message);
    this.name = 'UsageError';
    this.help = help;
  }
}
