import { createClient } from '@spantail/client';
import { SpantailProvider } from '@spantail/client/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import './app/theme.css';
import './app/base.css';

const client = createClient({ url: window.location.origin });
const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <SpantailProvider client={client}>
        <App />
      </SpantailProvider>
    </StrictMode>,
  );
