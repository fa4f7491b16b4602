import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { Link, Route, Switch, useLocation, useSearchParams } from 'wouter';
import { Away } from './parts/away.tsx';
import { useCartOpened } from './parts/cart-drawer-state.ts';
import { useArrival } from './parts/focus.ts';
import { Header } from './parts/header.tsx';
import { Notices } from './parts/notices.tsx';
import { Panel } from './parts/panel.tsx';
import { Home } from './pages/home.tsx';
import { NotFound } from './pages/not-found.tsx';
import { ProductPage } from './pages/product.tsx';
import { Shop } from './pages/shop.tsx';
import { keep, kept } from './store/kept.ts';
import { queryClient } from './store/queries.ts';
import { useXrayInfo } from './store/xray.ts';

// What is not needed to look around comes later, the tools of the demo only to who asks for them.
const parts = {
  cart: () => import('./parts/cart-drawer.tsx'),
  checkout: () => import('./pages/checkout.tsx'),
  orders: () => import('./pages/orders.tsx'),
  order: () => import('./pages/order.tsx'),
};
const CartDrawer = lazy(async () => ({ default: (await parts.cart()).CartDrawer }));
const Checkout = lazy(async () => ({ default: (await parts.checkout()).Checkout }));
const Orders = lazy(async () => ({ default: (await parts.orders()).Orders }));
const OrderPage = lazy(async () => ({ default: (await parts.order()).OrderPage }));
const Admin = lazy(async () => ({ default: (await import('./pages/admin.tsx')).Admin }));
const Twin = lazy(async () => ({ default: (await import('./twin/twin-page.tsx')).TwinPage }));
const Xray = lazy(async () => ({ default: (await import('./xray/drawer.tsx')).Drawer }));

const QUIET_AFTER_MS = 1_500;

/** Whoever loses the store later can still open the cart and look at what was bought. */
function useAllParts(): void {
  useEffect(() => {
    const timer = setTimeout(async () => {
      // One after the other, so that the page answers to clicks in between.
      for (const load of Object.values(parts)) await load().catch(() => {});
    }, QUIET_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}

const XRAY_OPEN = 'twinstore-xray';

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Switch>
        <Route path="/twin">
          <Panel of="the twin view">
            <Suspense>
              <Twin />
            </Suspense>
          </Panel>
        </Route>
        <Route>
          <Store />
        </Route>
      </Switch>
    </QueryClientProvider>
  );
}

function Store() {
  const [isXrayOpen, setXrayOpen] = useState(() => kept(XRAY_OPEN) === '1');
  const { data: xray } = useXrayInfo();
  const isCartOpened = useCartOpened();
  const xrayToggle = useRef<HTMLButtonElement>(null);
  useAllParts();
  const showXray = (open: boolean) => {
    setXrayOpen(open);
    keep(XRAY_OPEN, open ? '1' : '0');
  };
  const closeXray = () => {
    showXray(false);
    xrayToggle.current?.focus();
  };
  return (
    <div className={isXrayOpen && xray?.enabled ? 'frame with-xray' : 'frame'}>
      <div className="store">
        <a className="skip" href="#main">
          Skip to the content
        </a>
        <Header isXrayOpen={isXrayOpen} onXray={() => showXray(!isXrayOpen)} xrayToggle={xrayToggle} />
        <Away />
        <Main />
        <Footer />
      </div>
      {xray?.enabled && isXrayOpen && (
        <Panel of="the X-ray">
          <Suspense>
            <Xray info={xray} onClose={closeXray} />
          </Suspense>
        </Panel>
      )}
      {isCartOpened && (
        <Panel of="the cart">
          <Suspense>
            <CartDrawer />
          </Suspense>
        </Panel>
      )}
      <Notices />
    </div>
  );
}

function Main() {
  const [path] = useLocation();
  const [parameters] = useSearchParams();
  // Sorted otherwise it is the same page; searched for something else, it is not.
  useArrival([path, parameters.get('q'), parameters.get('category')].join(' '));
  return (
    <main id="main" tabIndex={-1}>
      <Panel key={path} of="this page">
        <Suspense fallback={<p className="faint">Loading…</p>}>
          <Switch>
            <Route path="/" component={Home} />
            <Route path="/shop" component={Shop} />
            <Route path="/category/:slug" component={Shop} />
            <Route path="/products/:sku" component={ProductPage} />
            <Route path="/checkout" component={Checkout} />
            <Route path="/orders" component={Orders} />
            <Route path="/orders/:id" component={OrderPage} />
            <Route path="/admin" component={Admin} />
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Suspense>
      </Panel>
    </main>
  );
}

function Footer() {
  const { data: xray } = useXrayInfo();
  return (
    <footer>
      <nav aria-label="About this store">
        <Link href="/admin">Prices and stock</Link>
        <a href="/docs">The API</a>
        <a href="/asyncapi.json">The events</a>
        {xray?.lab && <a href={xray.lab}>The lab: compare them under load</a>}
      </nav>
      <p className="faint">Twinstore is a demonstration: nothing is shipped, no card is charged.</p>
    </footer>
  );
}
