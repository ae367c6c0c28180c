import { expect, test } from 'vitest';
import { safeUrl } from '../../src/render.ts';

const BASE = 'https://shop.example/a/b';

test.for([
  ['/tents', 'https://shop.example/tents'],
  ['tents', 'https://shop.example/a/tents'],
  ['?q=1', 'https://shop.example/a/b?q=1'],
  ['//other.example/x', 'https://other.example/x'],
  ['http://other.example', 'http://other.example/'],
  ['HTTPS://other.example', 'https://other.example/'],
  ['mailto:a@b.example', 'mailto:a@b.example'],
  ['tel:+4312345', 'tel:+4312345'],
  ['', undefined],
  [undefined, undefined],
  ['javascript:alert(1)', undefined],
  ['JAVASCRIPT:alert(1)', undefined],
  [' javascript:alert(1)', undefined],
  ['java\tscript:alert(1)', undefined],
  ['\u0001javascript:alert(1)', undefined],
  ['data:text/html,x', undefined],
  ['vbscript:x', undefined],
  ['blob:https://shop.example/1', undefined],
  ['file:///etc/passwd', undefined],
  ['telnet:x', undefined],
  ['http://', undefined],
] as const)('%j leads to %j', ([url, safe]) => {
  expect(safeUrl(url, BASE)).toBe(safe);
});
