-- Tenants. `origins` is a JSON array of origins that may use the write key from a page.
create table sites (
  id text primary key,
  name text not null,
  origins text not null,
  jurisdiction text not null default '',
  -- AES-GCM under CRESSET_SECRET: the secret that the site's servers sign user ids with.
  identity_secret text not null,
  created_at integer not null,
  -- Raised by every change that the snapshot must show; `compiled` is the version that KV has.
  version integer not null default 1,
  compiled integer not null default 0,
  compiled_at integer not null default 0
) without rowid;

-- Keys are only compared, so only their hashes are kept.
create table keys (
  hash text primary key,
  site text not null references sites (id),
  kind text not null check (kind in ('write', 'secret')),
  created_at integer not null
) without rowid;

create table campaigns (
  site text not null references sites (id),
  id text not null,
  -- The whole campaign as JSON: see Campaign in contract/wire.ts.
  body text not null,
  created_at integer not null,
  updated_at integer not null,
  primary key (site, id)
) without rowid;

-- The warehouse. One row an event, whatever is delivered how often; times are UTC milliseconds.
create table events (
  site text not null,
  id text not null,
  -- Object name of the identifier it counts under; no raw identifier is kept here.
  identifier text not null,
  session text not null,
  type text not null,
  -- Event name of track, name of page and screen, else empty.
  name text not null,
  time integer not null,
  -- Quarter hours since 1970, UTC: joined with a calendar, so that a site may change its zone.
  slot integer not null,
  received integer not null,
  url text not null,
  path text not null,
  referrer text not null,
  device text not null,
  -- First notice code of the answer, else empty.
  notice text not null,
  -- JSON: what the event said beyond the columns.
  properties text not null,
  context text not null,
  primary key (site, id)
) without rowid;
create index events_received on events (site, received);

-- Refused events, to answer "is my tag working": why and when, never what they held.
create table rejections (
  site text not null,
  id text not null,
  received integer not null,
  code text not null,
  path text not null,
  message text not null,
  library text not null,
  primary key (site, received, id)
) without rowid;

-- What no consumer could take after all its retries. Shown on the console; the message is kept to be sent again.
create table dead_letters (
  id text primary key,
  queue text not null,
  received integer not null,
  body text not null
) without rowid;
