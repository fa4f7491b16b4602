import { useState } from 'react';
import { MAX_QUANTITY } from 'virtual:contract';
import { Button } from './button.tsx';

interface Props {
  readonly of: string;
  readonly value: number;
  readonly least: number;
  readonly onChange: (quantity: number) => void;
}

/** How many, by two buttons and a field in between. What is typed counts by Enter, or when the field is left: on the way
 *  from 10 to 3 nobody wants 1 or 13. */
export function Quantity({ of, value, least, onChange }: Props) {
  /** What is being typed; undefined while it is the value. */
  const [typed, setTyped] = useState<string>();
  const set = (next: number) => {
    const quantity = Math.min(MAX_QUANTITY, Math.max(least, next));
    if (quantity !== value) onChange(quantity);
  };
  const take = () => {
    if (typed !== undefined && /^\d+$/.test(typed)) set(Number(typed));
    setTyped(undefined);
  };
  return (
    <div className="quantity" role="group" aria-label={`Quantity of ${of}`}>
      <Button aria-label={`One ${of} less`} isOff={value <= least} onClick={() => set(value - 1)}>
        −
      </Button>
      <input
        type="number"
        inputMode="numeric"
        aria-label={`Quantity of ${of}`}
        min={least}
        max={MAX_QUANTITY}
        value={typed ?? value}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onKeyDown={({ key }) => key === 'Enter' && take()}
        onBlur={take}
      />
      <Button aria-label={`One ${of} more`} isOff={value >= MAX_QUANTITY} onClick={() => set(value + 1)}>
        +
      </Button>
    </div>
  );
}
