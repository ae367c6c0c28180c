import type { Channel } from '../contract/wire.ts';
import { remembered } from '../remembered.ts';
import { isSearchEngine } from './searchEngines.ts';
import { categoryOfSource } from './sources.ts';

/** Where a visit came from, in GA4's words. Empty where nothing says it. */
export interface TrafficSource {
  source: string;
  medium: string;
  campaign: string;
}

/** Source and medium of who typed the address or opened a bookmark, as GA4 writes them. */
export const DIRECT = { source: '(direct)', medium: '(none)' };

const PAID = /^(?:.*cp.*|ppc|retargeting|paid.*)$/;
const SHOPPING = /^.*(?:(?:[^a-df-z]|^)shop|shopping).*$/;
const DISPLAY = /^(?:display|banner|expandable|interstitial|cpm)$/;
const SOCIAL = /^(?:social|social-network|social-media|sm|social network|social media)$/;
const EMAIL = /^e[-_ ]?mail$/;
const AFFILIATE = /^affiliates?$/;
const REFERRAL = /^(?:referral|app|link)$/;
const PUSH = /push$|mobile|notification/;
const UNSET = /^(?:|\(none\)|\(not set\))$/;

/** The category of a source; empty for an unknown one. Campaigns name search engines by their hosts, too. */
const categoryOf = remembered(
  (source) => categoryOfSource(source) ?? (isSearchEngine(source) ? 'search' : ''),
);

/**
 * The channel by the rules of GA4's default channel group (https://support.google.com/analytics/answer/9756891), the
 * first that matches, upper and lower case alike. AI assistants are added: after what is paid for, before the rest.
 */
export function channelOf(traffic: TrafficSource): Channel {
  const source = traffic.source.toLowerCase();
  const medium = traffic.medium.toLowerCase();
  const campaign = traffic.campaign.toLowerCase();
  if ((source === '' || source === DIRECT.source) && UNSET.test(medium) && campaign === '')
    return 'Direct';
  if (campaign.includes('cross-network')) return 'Cross-network';
  const category = categoryOf(source);
  const shopping = category === 'shopping' || SHOPPING.test(campaign);
  const paid = PAID.test(medium);
  if (paid && shopping) return 'Paid Shopping';
  if (paid && category === 'search') return 'Paid Search';
  if (paid && category === 'social') return 'Paid Social';
  if (paid && category === 'video') return 'Paid Video';
  if (DISPLAY.test(medium)) return 'Display';
  if (paid) return 'Paid Other';
  if (category === 'assistant') return 'AI Assistants';
  if (shopping) return 'Organic Shopping';
  if (category === 'social' || SOCIAL.test(medium)) return 'Organic Social';
  if (category === 'video' || medium.includes('video')) return 'Organic Video';
  if (category === 'search' || medium === 'organic') return 'Organic Search';
  if (EMAIL.test(source) || EMAIL.test(medium)) return 'Email';
  if (AFFILIATE.test(medium)) return 'Affiliates';
  if (REFERRAL.test(medium)) return 'Referral';
  if (medium === 'audio') return 'Audio';
  if (source === 'sms' || medium === 'sms') return 'SMS';
  if (PUSH.test(medium) || source === 'firebase') return 'Push';
  return 'Unassigned';
}
