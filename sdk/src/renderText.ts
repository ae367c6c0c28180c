import type { TextContent } from '../../worker/src/contract/wire.ts';
import { make } from './make.ts';

/** Builds a text in the place's own look. */
export const renderText = ({ text, href }: TextContent): HTMLElement =>
  make('span', 'text', { href }, text);
