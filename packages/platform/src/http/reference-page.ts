import { createHash } from 'node:crypto';

type Json = Record<string, unknown>;

const STYLE = `:root{color-scheme:light dark;--line:light-dark(#d5d9e0,#3a404b);--soft:light-dark(#f3f5f8,#1c2027);--accent:light-dark(#0b57d0,#8ab4f8)}
body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1.5rem}
code,pre{font:.9em ui-monospace,monospace}pre{background:var(--soft);padding:.75rem;overflow:auto;border-radius:.4rem}
section{border-top:1px solid var(--line);padding:.5rem 0 1rem}h2{margin:1.5rem 0 .25rem}h3{margin:.75rem 0 .25rem;font-size:1.05rem}
.method{color:var(--accent);font-weight:700;text-transform:uppercase;margin-right:.5rem}
table{border-collapse:collapse;width:100%;margin:.4rem 0}td,th{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}
summary{cursor:pointer}a{color:var(--accent)}`;

/** A page for people, made from the OpenAPI document: no script, one style sheet that the policy names by its hash. */
export function referencePage(document: Json): { readonly html: string; readonly styleHash: string } {
  const info = document['info'] as { title: string; version: string; description: string };
  const operations = Object.entries(document['paths'] as Record<string, Json>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section(method, path, operation as Operation)),
  );
  const schemas = Object.entries((document['components'] as { schemas: Json }).schemas).map(
    ([name, schema]) =>
      `<section id="${name}"><h3>${name}</h3><details><summary>JSON Schema</summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details></section>`,
  );
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(info.title)} API</title><style>${STYLE}</style></head><body><main>
<h1>${escape(info.title)} API <small>${escape(info.version)}</small></h1><p>${escape(info.description)}</p>
<p>The same as a machine reads it: <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).
What the services tell each other by events: <a href="/asyncapi.json">/asyncapi.json</a> (AsyncAPI 3.0).</p>
<h2>Routes</h2>${operations.join('')}<h2>Shapes</h2>${schemas.join('')}</main></body></html>`;
  return { html, styleHash: `sha256-${createHash('sha256').update(STYLE).digest('base64')}` };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security: readonly Json[];
  readonly parameters?: readonly { name: string; in: string; required: boolean; description?: string }[];
  readonly requestBody?: Json;
  readonly responses: Record<string, { description: string; content?: Json }>;
}

function section(method: string, path: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(({ name, in: where, required, description }) =>
    row(`<code>${escape(name)}</code>`, `${where}${required ? ', required' : ''}`, marked(description ?? '')),
  );
  const answers = Object.entries(operation.responses).map(([status, { description, content }]) =>
    row(status, marked(description), shapeLink(content)),
  );
  const admin = operation.security.some((scheme) => 'admin' in scheme) ? ' Needs the admin token.' : '';
  return `<section id="${operation.operationId}"><h3><span class="method">${method}</span><code>${escape(path)}</code></h3>
<p>${escape(operation.summary)}.${admin}</p>${operation.requestBody ? `<p>Body: ${shapeLink(operation.requestBody['content'] as Json)}</p>` : ''}
${parameters.length > 0 ? `<table><tbody>${parameters.join('')}</tbody></table>` : ''}
<table><tbody>${answers.join('')}</tbody></table></section>`;
}

const row = (...cells: string[]) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

function shapeLink(content: Json | undefined): string {
  const name = /#\/components\/schemas\/(\w+)/.exec(JSON.stringify(content ?? ''))?.[1];
  return name === undefined ? '' : `<a href="#${name}">${name}</a>`;
}

const marked = (text: string) => escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');

const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
