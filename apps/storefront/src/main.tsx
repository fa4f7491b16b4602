import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import '@twinstore/look/look.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/home.css';
import './styles/products.css';
import './styles/cart.css';
import './styles/checkout.css';
import './styles/orders.css';

const show = () =>
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );

// One of two shops in the twin view: what is done in one is done in the other, from the first click on.
if (window.parent === window) show();
else
  void import('./twin/mirror.ts').then(({ mirror }) => {
    void mirror();
    show();
  });
