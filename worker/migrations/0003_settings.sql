-- JSON of the settings that differ from the defaults: see worker/src/site/settings.ts.
alter table sites add column settings text not null default '{}';

-- Of the up to two identity secrets that are valid, `identity_secret` is the newest. This is the one
-- before it, encrypted like the first, or null.
alter table sites add column identity_secret_before text;
-- When each was made. Null for the one that the site was made with: as old as the site.
alter table sites add column identity_secret_at integer;
alter table sites add column identity_secret_before_at integer;
