import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import '@twinstore/look/look.css';
import './styles/base.css';
import './styles/shop.css';
import './styles/buying.css';

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

// One of two shops in the twin view: what is done in one is done in the other.
if (window.parent !== window) void import('./twin/mirror.ts').then(({ mirror }) => mirror());
