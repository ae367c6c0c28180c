import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from './text.ts';
import { readBody, readJson } from '../../src/body.ts';
import { depthOf, isDeeper } from '../../src/depth.ts';
import { ProblemError } from '../../src/errors.ts';

const LIMIT = 64 * 1024;

/** With a length, as clients send it, or in pieces without one. */
function requestOf(body: string | Uint8Array<ArrayBuffer>, inPieces: boolean): Request {
  const data = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const url = 'https://cresset.example/v1/batch';
  if (!inPieces) {
    const headers = { 'content-length': String(data.byteLength) };
    return new Request(url, { method: 'POST', body: data, headers });
  }
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < data.byteLength; at += 1_000) {
        controller.enqueue(data.slice(at, at + 1_000));
      }
      controller.close();
    },
  });
  // Node asks for `duplex`, which the types of the DOM do not know: https://github.com/nodejs/node/issues/46221
  return new Request(url, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
}

async function codeOf(body: string | Uint8Array<ArrayBuffer>, inPieces: boolean): Promise<unknown> {
  try {
    await readJson(requestOf(body, inPieces), LIMIT);
    return undefined;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.problem.code;
  }
}

describe.each([
  ['in one piece', false],
  ['in pieces', true],
])('readBody, %s', (_name, inPieces) => {
  it.each<[code: string, name: string, body: string | Uint8Array<ArrayBuffer>]>([
    ['body_unreadable', 'nothing', ''],
    ['body_unreadable', 'no JSON', '{"a":'],
    [
      'body_unreadable',
      'a byte that is no UTF-8',
      Uint8Array.of(0x7b, 0x22, 0xe9, 0x22, 0x3a, 0x31, 0x7d),
    ],
    [
      'body_unreadable',
      'a character cut in two',
      new TextEncoder().encode('{"a":"😀"}').slice(0, 8),
    ],
    ['body_not_an_object', 'a list', '[1]'],
    ['body_not_an_object', 'null', 'null'],
    ['body_too_deep', 'too deep', `{"a":${'['.repeat(320)}${']'.repeat(320)}}`],
    ['body_too_large', 'too large', `{"a":"${'x'.repeat(LIMIT)}"}`],
  ])('answers %s to %s', async (code, _what, body) => {
    expect(await codeOf(body, inPieces)).toBe(code);
  });

  it('takes U+FFFD where it was sent', async () => {
    expect(await readJson(requestOf('{"a":"\ufffd"}', inPieces), LIMIT)).toEqual({ a: '\ufffd' });
  });

  it('is not disturbed by a body that was unreadable', async () => {
    expect(await codeOf(Uint8Array.of(0xf0, 0x9f), inPieces)).toBe('body_unreadable');
    expect(await readJson(requestOf('{"a":"é"}', inPieces), LIMIT)).toEqual({ a: 'é' });
  });

  it('takes a byte order mark', async () => {
    expect(await readJson(requestOf('\ufeff{"a":1}', inPieces), LIMIT)).toEqual({ a: 1 });
  });

  it('gives what was sent, whatever it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (value) => {
        // Through JSON: it knows no -0.
        const json = JSON.stringify(value);
        if (json.includes('__proto__') || json.includes('\\u00')) return;
        expect(await readJson(requestOf(json, inPieces), LIMIT)).toStrictEqual(JSON.parse(json));
      }),
    );
  });
});

describe('readBody', () => {
  it('reads one kind of what is no UTF-8: four bytes without the last, in one piece', async () => {
    const [before, after] = [new TextEncoder().encode('{"a":"'), new TextEncoder().encode('"}')];
    const cut = (...bytes: number[]): Request =>
      requestOf(Uint8Array.of(...before, ...bytes, ...after), false);
    expect(await readJson(cut(0xf0, 0x9f, 0x98), LIMIT)).toEqual({ a: '\ufffd' });
    for (const bytes of [[0xf0, 0x9f], [0xe8, 0xaa], [0xff], [0xf0, 0x9f, 0x98, 0xe9]]) {
      await expect(readJson(cut(...bytes), LIMIT)).rejects.toMatchObject({
        problem: { code: 'body_unreadable' },
      });
    }
  });

  it.each([
    '__proto__',
    String.raw`\u005f_proto__`,
    String.raw`__pr\u006fto__`,
    String.raw`__proto_\u005F`,
  ])('drops the key "%s", however deep', async (key) => {
    const json = `{"a":{"${key}":{"admin":true},"b":1},"${key}":{"admin":true}}`;
    const read = await readJson(requestOf(json, false), LIMIT);
    expect(read).toStrictEqual({ a: { b: 1 } });
  });

  it('says how large and how deep a part can be at most', async () => {
    const number = fc.constantFrom('1e20', '-1e20', '9e20', '1e-6', '1E+20', '0.1', '7');
    const worst = fc.oneof(
      fc.array(number).map((numbers) => `{"a":[${numbers.join(',')}]}`),
      fc.dictionary(anyText(10), fc.jsonValue()).map((value) => JSON.stringify(value)),
    );
    await fc.assert(
      fc.asyncProperty(worst, async (text) => {
        const { json, most, depth } = await readBody(requestOf(text, false), LIMIT);
        const again = JSON.stringify(json);
        expect(new TextEncoder().encode(again).byteLength).toBeLessThanOrEqual(most);
        expect(isDeeper(json, depth)).toBe(false);
        if (again === text) expect(isDeeper(json, depthOf(text) - 1)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
