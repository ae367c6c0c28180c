import { describe, expect, it } from 'vitest';
import { elementsOf } from '../elements.ts';
import { findTags, type Tag } from '../findTag.ts';

const PAGE = 'https://shop.example/a/b';
const TAG = '<script src="https://c.example/c.js" data-key="wk_1"></script>';
const tagsOf = (html: string): Tag[] => findTags([...elementsOf(html)], PAGE);

describe('a tag', () => {
  it.each([
    ['<script src="https://c.example/c.js" data-key="wk_1">', 'https://c.example'],
    ["<SCRIPT async SRC='https://c.example/c.js' DATA-KEY=wk_1>", 'https://c.example'],
    ['<script src="https://c.example/c/0123456789abcdef.js" data-key="wk_1">', 'https://c.example'],
    ['<script src="/_s/a.js" data-key="wk_1">', 'https://shop.example/_s'],
    ['<script src="a.js" data-key="wk_1">', 'https://shop.example/a'],
    [
      '<base href="https://d.example/x/"><script src="a.js" data-key="wk_1">',
      'https://d.example/x',
    ],
    ['<base href="https://"><script src="a.js" data-key="wk_1">', 'https://shop.example/a'],
    [
      '<script data-host="https://c.example" src="/a.js?v=1&amp;w" data-key="wk_1">',
      'https://c.example',
    ],
    ['<script title="a > b" src="https://c.example/c.js#x" data-key="wk_1">', 'https://c.example'],
    ['<script src="https:&#x2F;&#47;c.example&sol;c.js" data-key="wk_1">', 'https://c.example'],
    [`<script>"<!--"</script>${TAG}`, 'https://c.example'],
    [`<!-->${TAG}<!-- -->`, 'https://c.example'],
    [`<!-- --!>${TAG}<!-- -->`, 'https://c.example'],
    [`<script type="text/javascript">0</script>${TAG}`, 'https://c.example'],
    ['<script data-host="//c.example/x" src="/c.js" data-key="wk_1">', 'https://c.example/x'],
    ['<script data-host="" src="/x/c.js" data-key="wk_1">', 'https://shop.example'],
    ['<script data-host="https://c.example/" src="/c.js" data-key="wk_1">', 'https://c.example/'],
    ['<script data-host="https://" src="/c.js" data-key="wk_1">', undefined],
    ['<script data-host="mailto:a@b.example" src="/c.js" data-key="wk_1">', undefined],
  ])('is found in %s', (html, host) => {
    expect(tagsOf(`<head>${html}</script>`)).toMatchObject([{ key: 'wk_1', host, as: 'script' }]);
  });

  it.each([
    '<script src="https://c.example/c.js"></script>',
    '<script data-key="wk_1"></script>',
    '<script src="/other.js" data-key="other_product"></script>',
    '<div src="/c.js" data-key="wk_1">',
    `<!-- ${TAG}`,
    `<!-- > ${TAG} -->`,
    `<script>'${TAG.slice(0, -9)}'</script>`,
    `<textarea>${TAG}</textarea>`,
    `<template>${TAG}</template>`,
    `<noscript>${TAG}</noscript>`,
    `<body><noscript>${TAG}</noscript>`,
    `<title>${TAG}</title>`,
    `<style>${TAG}</style>`,
    `<xmp>${TAG}</xmp>`,
    `<iframe srcdoc='${TAG}'></iframe>`,
    `<iframe>${TAG}</iframe>`,
    `<p title='${TAG}'>`,
    `<svg>${TAG}</svg>`,
    '<script src="http://[" data-key="wk_1"></script>',
    '<script src="data:text/javascript,0" data-key="wk_1"></script>',
  ])('is none in %s', (html) => {
    expect(tagsOf(html)).toEqual([]);
  });

  it.each([
    ['', 'script'],
    ['text/javascript', 'script'],
    [' Application/X-JavaScript ', 'script'],
    ['Module', 'module'],
    ['text/plain', 'data'],
    ['text/partytown', 'data'],
  ])('of the type %j is taken for a %s', (type, as) => {
    expect(tagsOf(TAG.replace('<script', `<script type="${type}"`))).toMatchObject([{ as }]);
  });
});
