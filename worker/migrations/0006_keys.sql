-- For people, to tell one key from another; empty for keys of earlier releases.
alter table keys add column name text not null default '';
-- JSON array of what a secret key may do: see worker/src/site/scopes.ts. Null is everything, as keys of earlier
-- releases may.
alter table keys add column scopes text;
-- UTC milliseconds from which on the key opens nothing; null where it has no end.
alter table keys add column expires_at integer;
create index keys_site on keys (site);

-- Calls of the private API: who, what, when, with what outcome. No bodies, no secrets, nothing of a person.
create table calls (
  -- Empty for what an operator did that is about no one site.
  site text not null,
  -- UTC milliseconds.
  at integer not null,
  id text not null,
  -- Id of the key, or `operator`.
  key text not null,
  -- Method and path of the route, with the names of its parameters instead of their values.
  route text not null,
  -- Id of the campaign, key or receipt that it was about, else empty. Never an identifier of a person.
  target text not null,
  status integer not null,
  -- Code of the error, else empty.
  code text not null,
  primary key (site, at, id)
) without rowid;

-- Append-only: the database itself refuses to change a line, or to delete one within 400 days.
create trigger calls_stay before update on calls begin select raise(abort, 'calls are append-only'); end;
create trigger calls_last before delete on calls when old.at > (unixepoch() - 34560000) * 1000 begin select raise(abort, 'calls are kept for 400 days'); end;
