import { describe, expect, it } from 'vitest';
import { refusalOf } from '../policy.ts';

const page = new URL('https://shop.example/');
const script = {
  directives: ['script-src-elem', 'script-src', 'default-src'],
  url: new URL('https://c.example/_s/c.js'),
  page,
};

describe('a Content-Security-Policy', () => {
  it.each([
    'img-src x',
    'script-src *',
    'script-src https:',
    'script-src http:',
    'script-src c.example',
    'script-src C.EXAMPLE:443',
    'script-src http://c.example:80',
    'script-src https://c.example',
    'script-src https://*.example/_s/',
    'script-src c.example:*/_s/c.js',
    "script-src 'none'; script-src-elem c.example",
    'SCRIPT-SRC c.example; script-src x',
    "default-src 'none'; script-src c.example",
    "script-src 'none' c.example",
  ])('%j lets the script load', (policy) => {
    expect(refusalOf(policy, script)).toBeUndefined();
  });

  it.each([
    ['script-src', 'script-src'],
    ["script-src 'none'", 'script-src'],
    ["default-src 'self'", 'default-src'],
    ['script-src c.example; script-src-elem x', 'script-src-elem'],
    ['script-src example', 'script-src'],
    ['script-src *.c.example', 'script-src'],
    ['script-src c.example:8080', 'script-src'],
    ['script-src c.example/c.js', 'script-src'],
    ["script-src 'unsafe-inline' 'unsafe-eval'", 'script-src'],
    ['script-src wss:', 'script-src'],
  ])('%j refuses it by %s', (policy, directive) => {
    expect(refusalOf(policy, script)).toEqual({ directive, byNonce: false });
  });

  it('takes the page itself', () => {
    const own = { ...script, url: new URL('/c.js', page) };
    expect(refusalOf("script-src 'self'", own)).toBeUndefined();
    const plain = { ...own, page: new URL('http://shop.example/') };
    expect(refusalOf("script-src 'self'", plain)).toBeUndefined();
    expect(
      refusalOf("script-src 'self'", { ...own, url: new URL('http://shop.example/') }),
    ).toEqual({ directive: 'script-src', byNonce: false });
  });

  it('takes a nonce and a hash, and with strict-dynamic no host', () => {
    const strict = "script-src 'strict-dynamic' 'nonce-Ab' 'sha256-x=' https:";
    const refused = { directive: 'script-src', byNonce: true };
    expect(refusalOf(strict, script)).toEqual(refused);
    expect(refusalOf(strict, { ...script, nonce: 'ab' })).toEqual(refused);
    expect(refusalOf(strict, { ...script, nonce: 'Ab' })).toBeUndefined();
    expect(refusalOf(strict, { ...script, integrity: 'sha256-x=' })).toBeUndefined();
    expect(refusalOf(strict, { ...script, integrity: 'sha256-x= sha256-y=' })).toEqual(refused);
    expect(refusalOf("script-src 'nonce-Ab' c.example", script)).toBeUndefined();
    const sends = { directives: ['connect-src', 'default-src'], url: script.url, page };
    expect(refusalOf("default-src 'strict-dynamic' https:", sends)).toBeUndefined();
  });
});
