import { MAX_QUANTITY } from 'virtual:contract';

interface Props {
  readonly of: string;
  readonly value: number;
  readonly least: number;
  readonly onChange: (quantity: number) => void;
}

/** How many, by two buttons and a field in between. */
export function Quantity({ of, value, least, onChange }: Props) {
  const set = (next: number) => {
    if (Number.isInteger(next)) onChange(Math.min(MAX_QUANTITY, Math.max(least, next)));
  };
  return (
    <div className="quantity" role="group" aria-label={`Quantity of ${of}`}>
      <button type="button" aria-label={`One ${of} less`} disabled={value <= least} onClick={() => set(value - 1)}>
        −
      </button>
      <input
        type="number"
        inputMode="numeric"
        aria-label={`Quantity of ${of}`}
        min={least}
        max={MAX_QUANTITY}
        value={value}
        onChange={({ currentTarget }) => set(currentTarget.valueAsNumber)}
      />
      <button
        type="button"
        aria-label={`One ${of} more`}
        disabled={value >= MAX_QUANTITY}
        onClick={() => set(value + 1)}
      >
        +
      </button>
    </div>
  );
}
