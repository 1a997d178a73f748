import { createClient } from '@spantail/client';
import { SpantailProvider } from '@spantail/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import './app/theme.css';
import './app/base.css';

const client = createClient({
  url: window.location.origin,
  // A recording is read faster than it is decoded. Pausing the gateway for it would take longer than
  // keeping what came: encoded it is a small part of what the page makes of it.
  maxQueueEvents: 1_000_000,
  maxQueueBytes: 64 * 1024 * 1024,
});
const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <SpantailProvider client={client}>
        <App />
      </SpantailProvider>
    </StrictMode>,
  );
