import type { Enriched, JsonObject } from '../contract/wire.ts';
import type { ForwardedEvent } from '../profile/event.ts';
import { readChunk } from './chunk.ts';
import type { IdentityRecord } from './lines.ts';
import { statements } from './rows.ts';

const QUARTER = 900_000;

/** What reports group by has columns; all of it is in `enriched`. Empty is not known. */
const enrichedColumns = (enriched: Enriched = {}): Record<string, string> => ({
  country: enriched.country ?? '',
  region: enriched.region ?? '',
  city: enriched.city ?? '',
  language: enriched.language ?? '',
  browser: enriched.browser ?? '',
  os: enriched.os ?? '',
  channel: enriched.channel ?? '',
  source: enriched.source ?? '',
  medium: enriched.medium ?? '',
  campaign: enriched.campaign ?? '',
  page_group: enriched.pageGroup ?? '',
  traffic: enriched.traffic ?? '',
  enriched: JSON.stringify(enriched),
});

/** Traits where the call sets some; of a group, its id stands beside them. */
const saidBy = ({ type, traits, properties }: ForwardedEvent): JsonObject =>
  type === 'group' ? { ...traits, ...properties } : (traits ?? properties);

/** A row of `events`, under the names of its columns. */
const eventRow = (site: string, event: ForwardedEvent): Record<string, unknown> => ({
  site,
  id: event.id,
  identifier: event.identifier,
  session: event.session,
  type: event.type,
  name: event.name,
  time: event.time,
  slot: Math.floor(event.time / QUARTER),
  received: event.received,
  url: event.url,
  path: event.path,
  referrer: event.referrer,
  device: event.device,
  ...enrichedColumns(event.enriched),
  notice: event.notice,
  properties: JSON.stringify(saidBy(event)),
  context: JSON.stringify(event.context),
});

const EVENT_COLUMNS = [
  'site',
  'id',
  'identifier',
  'session',
  'type',
  'name',
  'time',
  'slot',
  'received',
  'url',
  'path',
  'referrer',
  'device',
  'country',
  'region',
  'city',
  'language',
  'browser',
  'os',
  'channel',
  'source',
  'medium',
  'campaign',
  'page_group',
  'traffic',
  'enriched',
  'notice',
  'properties',
  'context',
];
const IDENTITY_COLUMNS = ['site', 'identifier', 'person', 'version'];

const identityRow = (site: string, identity: IdentityRecord): Record<string, unknown> => ({
  site,
  ...identity,
});

/** True of a row whose person was not erased: looked up in the transaction that writes it. */
const NOT_ERASED = `not exists (select 1 from erased
  where erased.site = value ->> 'site' and erased.identifier = value ->> 'identifier')`;

/**
 * Inserts rows by one parameter, those that are not there yet. Anything else that is wrong with a row fails
 * (`insert or ignore` would drop it). The `where` is needed even where it is `true`: it tells the parser that
 * the conflict clause is not a join's: https://sqlite.org/lang_upsert.html#parsing_ambiguity
 */
const insert = (table: string, columns: readonly string[], where: string): string =>
  `insert into ${table} (${columns.join(', ')}) select ${columns
    .map((column) => `value ->> '${column}'`)
    .join(', ')} from json_each(?1) where ${where} on conflict`;

const INSERT_EVENTS = `${insert('events', EVENT_COLUMNS, NOT_ERASED)} do nothing`;
/** Queues give no order: the highest version stays. That a person was erased is the last word, whatever its version. */
const UPSERT_IDENTITIES = `${insert('identities', IDENTITY_COLUMNS, `(value ->> 'person' = '' or ${NOT_ERASED})`)}
  (site, identifier) do update set person = excluded.person, version = excluded.version
  where excluded.version > identities.version or excluded.person = ''`;

/**
 * Consumer of the queue "warehouse": puts a chunk into D1. Every row is known by its site and id, so a
 * chunk that comes again, or that a dying consumer left half-way, counts once.
 */
export async function storeChunk(env: Env, key: string): Promise<void> {
  const lines = await readChunk(env, key);
  const events = lines.flatMap((line) =>
    'event' in line ? [eventRow(line.site, line.event)] : [],
  );
  const identities = lines.flatMap((line) =>
    'identity' in line ? [identityRow(line.site, line.identity)] : [],
  );
  const all = [
    ...statements(env.DB, INSERT_EVENTS, events),
    ...statements(env.DB, UPSERT_IDENTITIES, identities),
  ];
  if (all.length > 0) await env.DB.batch(all);
}
