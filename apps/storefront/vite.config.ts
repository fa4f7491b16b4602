import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { contract } from './build/contract.ts';
import { precompress } from './build/precompress.ts';

/** For `npm run dev`: the front door that answers what is not the shop itself. */
const DOOR = process.env['DOOR'] ?? 'http://localhost:8080';

export default defineConfig({
  plugins: [react(), contract(), precompress()],
  // The same build is served by every front door, so it knows no address but its own.
  base: '/',
  build: {
    // Nothing as a data: address, which the pages' policy does not let in.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: Object.fromEntries(['/api', '/images', '/xray', '/docs'].map((path) => [path, DOOR])) },
});
