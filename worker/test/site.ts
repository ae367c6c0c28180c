/** The site of the test file that runs. Files share a worker and its stores, so each has its own. */
export const SITE = {
  id: '',
  name: 'Site of the tests',
  origins: ['https://shop.example'],
  writeKey: '',
  secretKey: '',
  identitySecret: '',
};

/** Makes it another site, for the next file. */
export function renewSite(): void {
  const made = crypto.randomUUID();
  SITE.id = `site-${made}`;
  SITE.writeKey = `wk_${made}`;
  SITE.secretKey = `sk_${made}`;
  SITE.identitySecret = `identity secret of ${made}`;
}
