import { useRef, useState, type FormEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { Product } from '@twinstore/contracts';
import { MAX_PRICE, routes } from 'virtual:contract';
import { Link } from 'wouter';
import { Button } from '../parts/button.tsx';
import { shownMoney } from '../parts/format.ts';
import { More } from '../parts/more.tsx';
import { useTitle } from '../parts/title.ts';
import { Trouble } from '../parts/trouble.tsx';
import { ask, isTrouble, randomHex, Refusal } from '../store/client.ts';
import { keep, kept } from '../store/kept.ts';
import { say } from '../store/notices.ts';
import { queryClient, useProducts } from '../store/queries.ts';

const TOKEN = 'twinstore-admin-token';

/** What a header can carry. */
const isSendable = (token: string): boolean => /^[\x20-\x7e]*$/.test(token);

const UNSENDABLE = 'A token has only letters, digits and signs of plain English.';

/** Prices and stock, for whoever has the admin token. */
export function Admin() {
  useTitle('Prices and stock');
  const [token, setToken] = useState(() => kept(TOKEN) ?? '');
  const [q, setQ] = useState('');
  const change = (next: string) => {
    setToken(next);
    keep(TOKEN, next);
  };
  return (
    <>
      <h1>Prices and stock</h1>
      <div className="admin-head">
        <p className="field">
          <label htmlFor="token">Admin token</label>
          <input
            id="token"
            type="password"
            autoComplete="off"
            value={token}
            aria-invalid={!isSendable(token)}
            aria-describedby={isSendable(token) ? 'token-help' : 'token-fault token-help'}
            onChange={({ currentTarget }) => change(currentTarget.value)}
          />
          {!isSendable(token) && (
            <span className="fault" id="token-fault">
              {UNSENDABLE}
            </span>
          )}
          <span className="faint" id="token-help">
            <code>demo-admin</code>, if nobody has set another. It is kept for this tab only.
          </span>
        </p>
        <p className="field">
          <label htmlFor="admin-q">Find a product</label>
          <input
            id="admin-q"
            type="search"
            maxLength={200}
            value={q}
            onChange={({ currentTarget }) => setQ(currentTarget.value)}
          />
        </p>
      </div>
      <Table q={q} token={token} />
    </>
  );
}

function Table({ q, token }: { q: string; token: string }) {
  const list = useProducts({ q, sort: q === '' ? 'newest' : 'relevance', limit: 20 });
  const { data, error, refetch, hasNextPage } = list;
  if (error && !data) return <Trouble of="the products" error={error} retry={() => void refetch()} />;
  if (!data) return <p className="faint">Loading…</p>;
  const products = data.pages.flatMap(({ items }) => items);
  if (products.length === 0) return <p className="empty">Nothing matches “{q}”.</p>;
  return (
    <>
      <div className="scroll">
        <table className="admin">
          <thead>
            <tr>
              <th scope="col">Product</th>
              <th scope="col">Price in USD</th>
              <th scope="col">Available</th>
              <th scope="col">Add or take away</th>
            </tr>
          </thead>
          <tbody>
            {products.map((product) => (
              <Row key={product.sku} product={product} token={token} />
            ))}
          </tbody>
        </table>
      </div>
      {hasNextPage && (
        <More list={list} of="the next products">
          More products
        </More>
      )}
    </>
  );
}

function Row({ product, token }: { product: Product; token: string }) {
  const { sku, name, price, available } = product;
  const [dollars, setDollars] = useState((price.amount / 100).toFixed(2));
  const [delta, setDelta] = useState('10');
  /** A change of the stock that has had no answer: said again, it is done once. */
  const unanswered = useRef<{ readonly by: number; readonly key: string }>(undefined);
  const authorization = { Authorization: `Bearer ${token}` };
  const options = {
    onSuccess(changed: Product) {
      say(`${name}: ${shownMoney(changed.price)}, ${changed.available} available.`);
      for (const key of [['products'], ['product', sku], ['cart']])
        void queryClient.invalidateQueries({ queryKey: key });
    },
    onError: (error: Error) =>
      say(
        isTrouble(error)
          ? `It is not known whether ${name} was changed. ${explained(error)} Press again: it is changed once.`
          : `${name} was not changed. ${explained(error)}`,
        'bad',
      ),
  };
  const setPrice = useMutation({
    mutationFn: (amount: number) => {
      const { description, category, image, attributes } = product;
      const body = { name, description, category, image, attributes, price: { amount, currency: 'USD' as const } };
      return ask(routes.putProduct, { params: { sku }, body, headers: authorization });
    },
    ...options,
  });
  const changeStock = useMutation({
    mutationFn: (by: number) => {
      if (unanswered.current?.by !== by) unanswered.current = { by, key: randomHex(16) };
      const headers = { ...authorization, 'Idempotency-Key': unanswered.current.key };
      return ask(routes.changeStock, { params: { sku }, body: { delta: by }, headers });
    },
    ...options,
    onSettled(_: Product | undefined, error: Error | null) {
      if (!isTrouble(error)) unanswered.current = undefined;
    },
  });
  const cents = Math.round(Number(dollars) * 100);
  const isPrice = dollars.trim() !== '' && Number.isFinite(cents) && cents >= 0 && cents <= MAX_PRICE;
  const by = Number(delta);
  const isDelta = Number.isInteger(by) && by !== 0;
  const submit = (act: () => void) => (event: FormEvent) => {
    event.preventDefault();
    if (isSendable(token)) act();
    else say(UNSENDABLE, 'bad');
  };
  return (
    <tr>
      <th scope="row">
        <Link href={`/products/${encodeURIComponent(sku)}`}>{name}</Link>
        <code className="faint">{sku}</code>
      </th>
      <td>
        <form onSubmit={submit(() => setPrice.mutate(cents))}>
          <input
            aria-label={`Price of ${name} in USD`}
            inputMode="decimal"
            value={dollars}
            aria-invalid={!isPrice}
            onChange={({ currentTarget }) => setDollars(currentTarget.value)}
          />
          <Button
            type="submit"
            isOff={!isPrice || cents === price.amount || setPrice.isPending}
            aria-label={`Set the price of ${name}`}
          >
            Set
          </Button>
        </form>
      </td>
      <td className="number">{available}</td>
      <td>
        <form onSubmit={submit(() => changeStock.mutate(by))}>
          <input
            aria-label={`Units of ${name} to add, or to take away with a minus`}
            inputMode="numeric"
            value={delta}
            aria-invalid={!isDelta}
            onChange={({ currentTarget }) => setDelta(currentTarget.value)}
          />
          <Button type="submit" isOff={!isDelta || changeStock.isPending} aria-label={`Change the stock of ${name}`}>
            Change
          </Button>
        </form>
      </td>
    </tr>
  );
}

function explained(error: Error): string {
  if (!(error instanceof Refusal)) return `${error.message}.`;
  if (error.code === 'unauthorized') return 'The admin token is not right.';
  if (error.code === 'stock-negative') return 'There are not that many units on hand.';
  return `${error.message}.`;
}
