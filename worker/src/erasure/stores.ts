import { chunks } from './chunks.ts';
import { deadLetters } from './deadLetters.ts';
import { profiles } from './profiles.ts';
import { quarantine } from './quarantine.ts';
import type { Store } from './store.ts';
import { warehouse } from './warehouse.ts';

/** Every place where something of people is kept, in the order in which an erasure goes through them. */
export const STORES = {
  profiles,
  warehouse,
  quarantine,
  dead_letters: deadLetters,
  chunks,
} satisfies Record<string, Store>;

export type StoreName = keyof typeof STORES;

/** Which stores answer for it, or why none has to. */
export type Cover = { stores: StoreName[] } | { because: string };

/** Every binding. One that is new in wrangler.toml does not compile before it is said here. */
export const BINDINGS: Record<keyof Env, Cover> = {
  PROFILE: { stores: ['profiles'] },
  DB: { stores: ['warehouse', 'quarantine', 'dead_letters'] },
  CHUNKS: { stores: ['chunks', 'quarantine'] },
  SNAPSHOTS: { because: "it holds sites' settings and campaigns, and builds of the SDK" },
  EVENTS: { because: 'what is on its way is dropped by its consumer, by the table `erased`' },
  QUARANTINE: { because: 'what is on its way is dropped by its consumer, by the table `erased`' },
  WAREHOUSE: { because: 'its messages are names of chunks' },
  KEY_RATE: { because: 'it counts by ids of keys, for ten seconds' },
  PRIVATE_RATE: { because: 'it counts by ids of keys, for ten seconds' },
  NEWCOMER_RATE: { because: 'it counts by keyed hashes of addresses, for a minute' },
  CRESSET_SECRET: { because: 'it is a secret' },
};

/** Every table of D1. A test fails for one that is missing here. */
export const TABLES: Record<string, Cover> = {
  events: { stores: ['warehouse'] },
  identities: { stores: ['warehouse'] },
  dead_letters: { stores: ['dead_letters'] },
  quarantine: { stores: ['quarantine'] },
  quarantine_marks: { stores: ['quarantine'] },
  quarantine_days: { because: 'it has numbers only' },
  erased: { because: 'its hashes of identifiers are what keeps an erased person erased' },
  erasures: {
    because: 'receipts are the proof of an erasure, and hold hashes of identifiers only',
  },
  sites: { because: 'it is about sites' },
  keys: { because: 'it is about sites' },
  campaigns: { because: 'it is about sites' },
  call_days: { because: 'it has numbers only' },
  calls: { because: 'it says which key called which route, never whose person it was about' },
};
