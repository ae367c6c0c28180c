/** The key of de-duplication that a client gave, or null: an empty text is none. */
export const messageIdOf = (given: unknown): string | null =>
  typeof given === 'string' && given.trim() !== '' ? given : null;
