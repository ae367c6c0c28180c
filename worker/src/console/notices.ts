import type { NoticeCode } from '../contract/wire.ts';

/** What each notice means, in a sentence for the site's owner. */
export const NOTICES: Readonly<Record<NoticeCode, string>> = {
  anonymous_id_owned:
    'The anonymous id belongs to another user. Counted for its userId, not linked.',
  merge_needs_secret_key: 'Two users are merged with a secret key only. Nothing was linked.',
  placeholder_id: 'An id such as "null" or "guest" was sent and ignored.',
  signature_invalid: 'The signature is wrong, so the user id counts as claimed, not verified.',
  timestamp_replaced: 'The time was unreadable or in the future. The time of receipt stands.',
  consent_none: 'The visitor did not consent. The event was dropped.',
  consent_measure: 'The visitor consents to measuring only. Counted, not linked.',
  decision_invalid:
    'The decisionId is forged, stale or of another site. The exposure does not count.',
  identifier_limit: 'The profile has as many identifiers as it may have. Counted, not linked.',
  identifier_split: 'The two were split with a secret key. Counted for its userId, not linked.',
  person_erased: 'The person was erased. The event was dropped.',
};
