/** What is left of a product, in the words of a shop. */
export function Availability({ available }: { available: number }) {
  if (available === 0) return <span className="stock out">Sold out</span>;
  if (available <= 5) return <span className="stock low">Only {available} left</span>;
  return <span className="stock">In stock</span>;
}
