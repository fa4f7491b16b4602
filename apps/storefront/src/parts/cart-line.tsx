import type { Cart } from '@twinstore/contracts';
import { Link } from 'wouter';
import { useCartChange } from '../store/cart.ts';
import { setCartOpen } from './cart-drawer-state.ts';
import { useHeir } from './focus.ts';
import { shownMoney } from './format.ts';
import { Quantity } from './quantity.tsx';

/** In the line below, else in the one above: whoever takes out one thing may take out another. */
const nextRemove = (line: HTMLElement): HTMLElement | null | undefined =>
  (line.nextElementSibling ?? line.previousElementSibling)?.querySelector<HTMLElement>('.remove');

export function CartLine({ line }: { line: Cart['items'][number] }) {
  const change = useCartChange();
  const box = useHeir<HTMLLIElement>(nextRemove);
  const { sku, name, unitPrice, quantity, lineTotal, available } = line;
  const product = { sku, name, price: unitPrice, available };
  return (
    <li ref={box} className="line">
      <img src={`/images/${sku}.svg`} alt="" width="64" height="64" loading="lazy" />
      <div className="line-what">
        <Link href={`/products/${encodeURIComponent(sku)}`} onClick={() => setCartOpen(false)}>
          {name}
        </Link>
        <span className="faint">{shownMoney(unitPrice)} each</span>
        {available < quantity && (
          <span className="stock out" role="status">
            {available === 0 ? 'Sold out: take it out to check out' : `Only ${available} left: fewer, please`}
          </span>
        )}
        <div className="line-doing">
          <Quantity
            of={name}
            value={quantity}
            least={1}
            onChange={(next) => change.mutate({ product, quantity: next })}
          />
          <button
            type="button"
            className="quiet remove"
            aria-label={`Remove ${name}`}
            onClick={() => change.mutate({ product, quantity: 0 })}
          >
            Remove
          </button>
        </div>
      </div>
      <strong className="line-total">{shownMoney(lineTotal)}</strong>
    </li>
  );
}
