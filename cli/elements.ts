import { type DefaultTreeAdapterTypes, html as spec, parse } from 'parse5';

/** An element of a page. */
export interface PageElement {
  name: string;
  /** Name of the element that it stands in. */
  parent: string;
  attributes: ReadonlyMap<string, string>;
}

/**
 * The HTML elements that a browser with scripts makes of a page, in their order. Not what is text to it, such as what
 * stands in `<noscript>` and `<textarea>`, nor what `<template>` keeps apart.
 */
export function* elementsOf(html: string): Generator<PageElement> {
  const waiting: DefaultTreeAdapterTypes.Node[] = [parse(html)];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if ('tagName' in node && node.namespaceURI === spec.NS.HTML) {
      yield {
        name: node.tagName,
        parent: node.parentNode?.nodeName ?? '',
        attributes: new Map(node.attrs.map(({ name, value }) => [name, value])),
      };
    }
    if ('childNodes' in node) waiting.push(...node.childNodes.toReversed());
  }
}
