import { describe, expect, it } from '@jest/globals';
import { openApi, routes } from '@twinstore/contracts';
import { referencePage } from '../src/http/reference-page.ts';

const document = openApi(Object.values(routes), { title: 'A <store>', version: '1', description: 'It & its API' });

describe('the reference page', () => {
  const { html } = referencePage(document);

  it('shows every operation of the document', () => {
    for (const [path, methods] of Object.entries(document['paths'] as Record<string, object>)) {
      for (const operation of Object.values(methods) as { operationId: string }[]) {
        expect(html).toContain(`id="${operation.operationId}"`);
        expect(html).toContain(`<code>${path}</code>`);
      }
    }
  });

  it('shows text as text, and needs no script', () => {
    expect(html).toContain('A &lt;store&gt;');
    expect(html).toContain('It &amp; its API');
    expect(html).not.toContain('<script');
  });
});
