import { read, STORED, write } from './store.ts';

/** Campaigns whose offer was dismissed in this browser, the latest last. */
const DISMISSED = `${STORED}dismissed`;
/** Most campaigns that are remembered: a campaign that ended long ago no longer matters. */
export const MAX_DISMISSED = 50;

const campaigns = (): string[] => read(DISMISSED).split(' ');

/** Was this campaign's offer dismissed in this browser? One that has no name never was. */
export const isDismissed = (campaign: string | undefined): boolean =>
  campaigns().includes(campaign as string);

/** The visitor wants to see no more of this campaign. */
export const dismiss = (campaign: string | undefined): void => {
  write(DISMISSED, [...campaigns(), campaign].slice(-MAX_DISMISSED).join(' '));
};
