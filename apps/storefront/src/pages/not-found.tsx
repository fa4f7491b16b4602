import { Link } from 'wouter';
import { useTitle } from '../parts/title.ts';

export function NotFound({ what = 'There is no such page' }: { what?: string }) {
  useTitle('Not found');
  return (
    <div className="empty">
      <h1>{what}</h1>
      <p>
        <Link href="/">Back to the shop window</Link>
      </p>
    </div>
  );
}
