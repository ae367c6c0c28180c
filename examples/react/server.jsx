/* On the server: the HTML of the page, with what everybody sees in its slots. */
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { App } from './app.jsx';

const options = { key: 'wk_demo', host: 'http://127.0.0.1:8787' };

export const html = () => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Cresset and React</title>
    <link rel="icon" href="data:," />
    <style>
      .hero {
        min-height: 8rem;
      }
    </style>
  </head>
  <body>
    <div id="root">${renderToString(
      <StrictMode>
        <App options={options} />
      </StrictMode>,
    )}</div>
    <script src="app.js"></script>
  </body>
</html>
`;
