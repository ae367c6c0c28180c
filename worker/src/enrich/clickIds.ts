/** What a click id of an ad network says of the visit, where the URL names no source and medium of its own. */
export interface ClickId {
  /** Name of the parameter. */
  kind: string;
  source: string;
  medium: string;
}

/**
 * Click ids, the surest first. `fbclid` and `igshid` stand on links that nobody paid for, too. The media are GA4's for
 * what it tags itself (`google / cpc`: https://support.google.com/analytics/answer/11242870, seen 2026-11), and
 * `paid_social` for the rest.
 */
export const CLICK_IDS: readonly ClickId[] = [
  { kind: 'gclid', source: 'google', medium: 'cpc' },
  { kind: 'gbraid', source: 'google', medium: 'cpc' },
  { kind: 'wbraid', source: 'google', medium: 'cpc' },
  { kind: 'dclid', source: 'google', medium: 'display' },
  { kind: 'msclkid', source: 'bing', medium: 'cpc' },
  { kind: 'yclid', source: 'yandex', medium: 'cpc' },
  { kind: 'ttclid', source: 'tiktok', medium: 'paid_social' },
  { kind: 'twclid', source: 'twitter', medium: 'paid_social' },
  { kind: 'li_fat_id', source: 'linkedin', medium: 'paid_social' },
  { kind: 'sclid', source: 'snapchat', medium: 'paid_social' },
  { kind: 'fbclid', source: 'facebook', medium: 'social' },
  { kind: 'igshid', source: 'instagram', medium: 'social' },
];
