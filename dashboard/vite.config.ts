import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressAssets } from './compress-assets.ts';

/** Built into the server's package, which serves it. */
export default defineConfig({
  plugins: [react(), compressAssets()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  // The page allows no inline script.
  build: {
    outDir: '../server/dashboard',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: 'es2023',
    // A style sheet that could not be fetched is never asked for again, and the part that it is of
    // would come without: all of them, 12 KB packed, come with the page.
    cssCodeSplit: false,
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:7321', ws: true } } },
});
