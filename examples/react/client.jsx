/* In the browser. `esbuild --bundle --jsx=automatic --outfile=app.js client.jsx` makes of it what the page loads. */
import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { App } from './app.jsx';

const options = { key: 'wk_demo', host: 'http://127.0.0.1:8787' };
hydrateRoot(
  document.getElementById('root'),
  <StrictMode>
    <App options={options} />
  </StrictMode>,
);
