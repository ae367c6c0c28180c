/** Far more than an identity secret has. Characters. */
const MAX_LENGTH = 10_000;

const MISSING =
  'No identity secret. Set CRESSET_IDENTITY_SECRET, or send the secret to standard input: cresset sign ada < secret.txt';

async function fromStandardInput(): Promise<string> {
  // Nobody sends anything: do not wait for somebody to type a secret in the open.
  if (process.stdin.isTTY) return '';
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin as AsyncIterable<string>) {
    text += chunk;
    if (text.length > MAX_LENGTH) {
      throw new Error('Standard input holds no identity secret: it is too long.');
    }
  }
  return text;
}

/**
 * The identity secret that the caller gave, without the white space around it, such as the line break
 * of a file. Throws where there is none, or what cannot be one.
 */
export async function identitySecret(): Promise<string> {
  const given = process.env['CRESSET_IDENTITY_SECRET'] ?? '';
  const secret = (given.trim() === '' ? await fromStandardInput() : given).trim();
  if (secret === '') throw new Error(MISSING);
  if (/^[sw]k_/.test(secret)) {
    throw new Error('That is a key of the site, not its identity secret, which begins with "is_".');
  }
  return secret;
}
