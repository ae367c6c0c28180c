/** What a `curl` line of a document asks for. */
export interface CurlRequest {
  url: string;
  init: { method: string; headers: Record<string, string>; body?: string };
}

const WORD = /'([^']*)'|"([^"]*)"|(\S+)/g;

/**
 * Reads the few parts of curl and of the shell that the documents use: `-X`, `-H`, `-d`, quotes, lines
 * that go on after a backslash, and `$NAME`. So the examples run where there is no curl, too.
 */
export function parseCurl(
  command: string,
  variables: Readonly<Record<string, string>>,
): CurlRequest {
  const expand = (text: string): string =>
    text.replaceAll(/\$(\w+)/g, (_, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`$${name} was never set`);
      return value;
    });
  const [program, ...words] = [...command.trim().replaceAll('\\\n', ' ').matchAll(WORD)].map(
    ([, single, double, bare]) => single ?? expand(double ?? bare ?? ''),
  );
  if (program !== 'curl') throw new Error(`not a curl line: ${command}`);
  const request: CurlRequest = { url: '', init: { method: '', headers: {} } };
  const { init } = request;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    const argument = (): string => words[++at] ?? '';
    if (word === '-X') init.method = argument();
    else if (word === '-d') init.body = argument();
    else if (word === '-H') {
      const [name = '', value = ''] = argument().split(/: (.*)/s);
      init.headers[name] = value;
    } else if (word.startsWith('-')) throw new Error(`curl ${word} is not read here`);
    else request.url = word;
  }
  init.method ||= init.body === undefined ? 'GET' : 'POST';
  return request;
}
