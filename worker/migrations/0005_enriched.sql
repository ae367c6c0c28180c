-- What the worker found out about each event; empty is not known. See `Enriched` in contract/wire.ts.
alter table events add column country text not null default '';
alter table events add column region text not null default '';
alter table events add column city text not null default '';
alter table events add column language text not null default '';
alter table events add column browser text not null default '';
alter table events add column os text not null default '';
alter table events add column channel text not null default '';
alter table events add column source text not null default '';
alter table events add column medium text not null default '';
alter table events add column campaign text not null default '';
alter table events add column page_group text not null default '';
-- `bot`, `ai`, `internal`, `test`; empty for visitors.
alter table events add column traffic text not null default '';
-- JSON: all of it.
alter table events add column enriched text not null default '{}';
