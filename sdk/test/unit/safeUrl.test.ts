import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { safeUrl } from '../../src/safeUrl.ts';

const SHOP = new URL('https://shop.example/a/b');
const PLAIN = new URL('http://localhost:8788/a/b');

beforeEach(() => {
  vi.stubGlobal('location', SHOP);
});
afterAll(() => {
  vi.unstubAllGlobals();
});

test.for([
  ['/tents', 'https://shop.example/tents'],
  ['tents', 'https://shop.example/a/tents'],
  ['../tents', 'https://shop.example/tents'],
  ['?q=1', 'https://shop.example/a/b?q=1'],
  ['#top', 'https://shop.example/a/b#top'],
  ['https://other.example/x', 'https://other.example/x'],
  ['HTTPS://other.example', 'https://other.example/'],
  ['mailto:a@b.example', 'mailto:a@b.example'],
  ['tel:+4312345', 'tel:+4312345'],
  ['/a?next=javascript:alert(1)', 'https://shop.example/a?next=javascript:alert(1)'],
] as const)('%j leads to %j', ([url, safe]) => {
  expect(safeUrl(url)).toBe(safe);
});

test.for([
  '',
  undefined,
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'java\nscript:alert(1)',
  'javascript\r:alert(1)',
  '\u0000javascript:alert(1)',
  '\u0001javascript:alert(1)',
  '\u001fjavascript:alert(1)',
  'javascript:https://shop.example/',
  'javascript://shop.example/%0aalert(1)',
  'view-source:javascript:alert(1)',
  'data:text/html,x',
  'DATA:image/svg+xml,<svg onload=alert(1)>',
  'vbscript:x',
  'blob:https://shop.example/1',
  'filesystem:https://shop.example/1',
  'file:///etc/passwd',
  'ftp://shop.example/x',
  'telnet:x',
  'intent://x#Intent;end',
  'ws://shop.example/',
  'http://',
  'https://',
  // Not encrypted, or to another origin without saying so.
  'http://other.example',
  'http://shop.example/x',
  '//evil.example/x',
  '///evil.example/x',
  '/\\evil.example/x',
  '\\\\evil.example/x',
  '\t//evil.example/x',
  '/\t/evil.example/x',
  'http:\\\\evil.example',
])('%j leads nowhere', (url) => {
  expect(safeUrl(url)).toBeUndefined();
});

test('plain http is there on a page that is http itself, and on its own origin alone', () => {
  vi.stubGlobal('location', PLAIN);
  expect(safeUrl('/tents')).toBe('http://localhost:8788/tents');
  expect(safeUrl('http://localhost:8788/tents')).toBe('http://localhost:8788/tents');
  expect(safeUrl('https://other.example/')).toBe('https://other.example/');
  expect(safeUrl('http://localhost:87881/tents')).toBeUndefined();
  expect(safeUrl('http://localhost:8788.evil.example/')).toBeUndefined();
  expect(safeUrl('http://localhost:8788@evil.example/')).toBeUndefined();
  expect(safeUrl('//evil.example/')).toBeUndefined();
});
