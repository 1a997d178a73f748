import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Built into the server's package, which serves it. */
export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  // The page allows no inline script.
  build: {
    outDir: '../server/dashboard',
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    target: 'es2023',
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:7321', ws: true } } },
});
