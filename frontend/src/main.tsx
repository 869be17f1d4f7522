import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { createCache } from '@/app/cache';
import { copyPlainAmounts } from '@/app/copy';
import { preferredLanguage, speak } from '@/app/i18n';
import { createAppRouter } from '@/app/router';
import '@/styles/app.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with id root');

const cache = createCache();
const router = createAppRouter(cache);
copyPlainAmounts();

await speak(preferredLanguage());
createRoot(root).render(
  <StrictMode>
    <App cache={cache} router={router} />
  </StrictMode>,
);
