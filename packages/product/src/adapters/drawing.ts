import { digest } from '../domain/digest.ts';
import type { Product } from '../domain/product.ts';

/** Outlines on a field of 24 by 24, one per department of the sample store. */
const ICONS: Readonly<Record<string, string>> = {
  kitchen: 'M5 10h11v5a5 5 0 0 1-5 5h-1a5 5 0 0 1-5-5zM16 11h2a2 2 0 0 1 0 5h-2M8 3v3M11 3v3M14 3v3',
  'home-office': 'M3 5h18v11H3zM12 16v4M8 20h8',
  garden: 'M12 21v-9M12 14c-5 0-7-3-7-7 5 0 7 3 7 7zM12 12c0-4 2-7 7-7 0 4-2 7-7 7z',
  outdoor: 'M2 20 12 4l10 16zM12 12l-4 8M12 12l4 8',
  audio: 'M4 14v-2a8 8 0 0 1 16 0v2M4 14h4v6H4zM16 14h4v6h-4z',
  lighting: 'M9 18h6M10 21h4M8 15a6 6 0 1 1 8 0c-1 1-1 2-1 3H9c0-1 0-2-1-3z',
  bedroom: 'M3 6v13M3 15h18v4M21 15v-2a3 3 0 0 0-3-3h-8v5M6 9h1a1 1 0 0 1 0 3H6z',
  bath: 'M3 12h18v2a5 5 0 0 1-5 5H8a5 5 0 0 1-5-5zM6 12V6a2 2 0 0 1 4 0M7 19v2M17 19v2',
  toys: 'M4 13h7v7H4zM13 13h7v7h-7zM8.5 4h7v7h-7z',
  fitness: 'M3 10v4M6 7v10M18 7v10M21 10v4M6 12h12',
  stationery: 'M6 3h12v18H6zM9 3v18M12 8h3M12 12h3',
  travel: 'M5 8h14v12H5zM9 8V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v3M9 8v12M15 8v12',
};
const PARCEL = 'M4 8l8-4 8 4v9l-8 4-8-4zM4 8l8 4 8-4M12 12v9';

/** A picture of a product as SVG: colors from its SKU, an outline from its category, its initials. No script, no style. */
export function drawing({ sku, name, category }: Pick<Product, 'sku' | 'name' | 'category'>): string {
  const chance = digest(sku);
  const hue = chance % 360;
  const [x, y, radius] = [60 + ((chance >>> 9) % 280), 60 + ((chance >>> 13) % 280), 90 + ((chance >>> 17) % 80)];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" aria-label="${escape(name)}">
<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1">
<stop offset="0" stop-color="hsl(${hue},62%,72%)"/><stop offset="1" stop-color="hsl(${(hue + 48) % 360},58%,46%)"/>
</linearGradient></defs>
<rect width="400" height="400" fill="url(#g)"/>
<circle cx="${x}" cy="${y}" r="${radius}" fill="#fff" fill-opacity=".14"/>
<circle cx="${400 - x}" cy="${400 - y}" r="${radius / 2}" fill="#fff" fill-opacity=".1"/>
<path transform="translate(80 70) scale(10)" d="${ICONS[category] ?? PARCEL}" fill="none" stroke="#fff" stroke-width="1.1" stroke-linecap="round" stroke-linejoin="round"/>
<text x="200" y="362" text-anchor="middle" font-family="system-ui,sans-serif" font-size="40" font-weight="600" letter-spacing="6" fill="#fff" fill-opacity=".9">${initials(name)}</text>
</svg>
`;
}

/** First letters of up to three words. Letters and digits only, so nothing in it needs escaping. */
const initials = (name: string) =>
  (name.match(/[\p{L}\p{N}][\p{L}\p{N}\p{M}'-]*/gu) ?? [])
    .slice(0, 3)
    .map((word) => [...word][0]?.toUpperCase())
    .join('');

/** What XML allows in an attribute; U+FFFE and U+FFFF are in no XML document, not even escaped. */
const escape = (text: string) =>
  text
    .replaceAll(/[\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
