-- Refused events: why and when, from which client, and where the original lies.
create table quarantine (
  site text not null,
  id text not null,
  -- UTC milliseconds.
  received integer not null,
  code text not null,
  path text not null,
  message text not null,
  library text not null,
  -- What the event says of itself, as far as it can be read; else empty.
  type text not null,
  name text not null,
  -- Why the original is not kept, else empty.
  withheld text not null,
  -- Name of the object in R2, and the original's place in it, in bytes. Length 0: there is none.
  chunk text not null,
  at integer not null,
  length integer not null,
  -- What the key of the original is made from: without this row nobody can read it.
  salt text not null,
  -- JSON array: keyed hashes of the identifiers that it names.
  marks text not null,
  primary key (site, id)
) without rowid;
create index quarantine_received on quarantine (site, received);

-- From an identifier's keyed hash to the events that name it: for erasure, and for those who look for somebody's.
create table quarantine_marks (
  site text not null,
  mark text not null,
  id text not null,
  primary key (site, mark, id)
) without rowid;

-- How many events were refused on a day (UTC, days since 1970), and what of them was kept: the bound of a day.
create table quarantine_days (
  site text not null,
  day integer not null,
  refused integer not null,
  kept integer not null,
  -- Of the originals that were kept.
  bytes integer not null,
  primary key (site, day)
) without rowid;

-- The list that the console had before: reasons only.
insert into quarantine
  select site, id, received, code, path, message, library, '', '', '', '', 0, 0, '', '[]' from rejections
  where received > (unixepoch() - 2592000) * 1000 on conflict do nothing;
insert into quarantine_days
  select site, received / 86400000, count(*), count(*), 0 from rejections
  where received > (unixepoch() - 2592000) * 1000 group by 1, 2;
drop table rejections;
