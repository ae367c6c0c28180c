import { html } from '../html.ts';
import type { Page } from './layout.ts';

export const notFound: Page = {
  title: 'Not found',
  status: 404,
  main: html` <div class="empty">
    <h1 class="title">This shelf is empty</h1>
    <p class="lead">There is no page at this address.</p>
    <a class="button" href="/">Back to the shop</a>
  </div>`,
};
