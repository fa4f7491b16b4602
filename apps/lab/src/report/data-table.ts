import { markup, type Markup, type Part } from './markup.ts';

/** A table with a box of its own to scroll in, should it be wider than the page.
 *  @param rows  the first `heads` cells of each say what the row is about; the others are numbers, or `texts` says which are not */
export function dataTable(
  caption: Part,
  head: readonly Part[],
  rows: readonly (readonly Part[])[],
  { heads = 1, texts = [] }: { readonly heads?: number; readonly texts?: readonly number[] } = {},
): Markup {
  // Columns of text are told by position: a class in each of thousands of cells would double the size of the file.
  const align = head.map((_, column) => (column < heads || texts.includes(column) ? 'l' : 'r')).join('');
  return markup`
<div class="scroll"><table>${caption && markup`<caption>${caption}</caption>`}
<thead><tr>${head.map((cell, column) => markup`<th scope="col"${textual(align, column)}>${cell}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      markup`<tr>${row.map((cell, column) =>
        column < heads ? markup`<th scope="row">${cell}</th>` : markup`<td${textual(align, column)}>${cell}</td>`,
      )}</tr>\n`,
  )}</tbody></table></div>`;
}

/** Numbers, which are the most, are on the right without a word. */
const textual = (align: string, column: number): Markup => (align[column] === 'l' ? markup` class=l` : markup``);
