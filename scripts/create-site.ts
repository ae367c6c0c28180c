/**
 * `npm run site -- <id> <name> <origin> [<origin> …]`: makes the keys of a new site and the SQL that puts
 * it into D1, as `docs/how-to/deploy.md` says. Prints the keys once; the file holds their hashes only.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { NewSite } from '../worker/src/site/create.ts';
import { Remedy } from './remedy.ts';
import { siteSql } from './site-sql.ts';

const USAGE = 'Say: npm run site -- <id> "<name>" <origin> [<origin> …]';

const key = (prefix: string): string => `${prefix}_${randomBytes(24).toString('base64url')}`;

/** Throws a {@link Remedy} for what no browser would send as an `Origin`. */
function checkOrigin(origin: string): void {
  if (origin !== '*' && URL.parse(origin)?.origin !== origin) {
    throw new Remedy(
      `"${origin}" is no origin. Write it as browsers do, with no path and no slash at the end: https://shop.example`,
    );
  }
}

function siteOf([id = '', name = '', ...origins]: string[]): NewSite {
  if (!/^[a-z0-9-]{1,64}$/.test(id)) {
    throw new Remedy(`The id is 1 to 64 small letters, digits or "-". ${USAGE}`);
  }
  if (name.trim() === '' || origins.length === 0) throw new Remedy(USAGE);
  for (const origin of origins) checkOrigin(origin);
  return {
    id,
    name,
    origins,
    writeKey: key('wk'),
    secretKey: key('sk'),
    identitySecret: key('is'),
  };
}

function secretOf(): string {
  const secret = process.env['CRESSET_SECRET'] ?? '';
  if (secret === '') {
    throw new Remedy('CRESSET_SECRET is not set. It must be the very text that the worker has.');
  }
  return secret;
}

try {
  const site = siteOf(process.argv.slice(2));
  const file = `${site.id}.sql`;
  writeFileSync(file, await siteSql(secretOf(), site, Date.now()), { flag: 'wx' });
  console.log(`
  Keep these now; they are shown this once.

  write key        ${site.writeKey}   (for the page)
  secret key       ${site.secretKey}   (for your servers and the console)
  identity secret  ${site.identitySecret}   (signs user ids, on your servers)

  Then put the site into the database, and delete the file:
  npx wrangler d1 execute cresset --local --file ${file}      or, deployed, --remote
`);
} catch (error) {
  if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
    console.error(`${process.argv[2]}.sql is there already. Delete it first.`);
  } else if (error instanceof Remedy) console.error(error.message);
  else throw error;
  process.exitCode = 1;
}
