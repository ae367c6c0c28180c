import { expect, test } from 'vitest';
import { publicUrl } from '../../src/address.ts';
import { setOptions } from '../../src/config.ts';

const AT = 'https://shop.example/a';
const OPTIONS = { key: 'k', host: 'https://c.example' };

test.for([
  ['', ''],
  ['?utm_source=x&utm_custom=y', '?utm_source=x&utm_custom=y'],
  ['?gclid=1&gbraid=2&wbraid=3&dclid=4', '?gclid=1&gbraid=2&wbraid=3&dclid=4'],
  ['?fbclid=1&msclkid=2&ttclid=3&twclid=4', '?fbclid=1&msclkid=2&ttclid=3&twclid=4'],
  ['?li_fat_id=1&igshid=2&sclid=3&yclid=4', '?li_fat_id=1&igshid=2&sclid=3&yclid=4'],
  ['?email=a@b.example&token=secret', ''],
  ['?email=a&utm_source=x&token=secret', '?utm_source=x'],
  ['?xutm_source=1&gclid2=1&UTM_SOURCE=1', ''],
  ['?token=1&token=2&utm_term=a&utm_term=b', '?utm_term=a&utm_term=b'],
  ['?page=2&q=lamp&mail=a', '?page=2&q=lamp'],
  ['#access_token=secret', ''],
  ['?utm_source=x#/cart', '?utm_source=x'],
] as const)('of %j is sent %j', ([rest, sent]) => {
  setOptions({ ...OPTIONS, params: 'page q' });
  expect(publicUrl(AT + rest)).toBe(AT + sent);
});

test.for([
  ['#/cart', '#/cart'],
  ['#!/cart', '#!/cart'],
  ['#access_token=secret', ''],
  ['#section', ''],
] as const)('where the fragment is a route, of %j is sent %j', ([hash, sent]) => {
  setOptions({ ...OPTIONS, hash: true });
  expect(publicUrl(AT + hash)).toBe(AT + sent);
});

test('what is no URL is nothing', () => {
  setOptions(OPTIONS);
  expect(publicUrl('')).toBe('');
  expect(publicUrl('::')).toBe('');
});
