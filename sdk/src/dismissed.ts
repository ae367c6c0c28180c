import { read, STORED, write } from './store.ts';

const DISMISSED = `${STORED}dismissed`;
/** Most campaigns that are remembered: a campaign that ended long ago no longer matters. */
export const MAX_DISMISSED = 50;

/** The campaigns whose offers were dismissed in this browser, the latest last. */
export const dismissed = (): string[] => read(DISMISSED).split(' ');

/** The visitor wants to see no more of this campaign. */
export const dismiss = (campaign: string | undefined): void => {
  write(DISMISSED, [...dismissed(), campaign].slice(-MAX_DISMISSED).join(' '));
};
