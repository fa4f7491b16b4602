import { describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { openApi, problems, routes } from '../src/index.ts';
import { problemsOf } from '../src/openapi.ts';

const info = { title: 'Twinstore', version: '0.0.0', description: 'A store' };
const document = openApi(Object.values(routes), info) as {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
};

async function lint(source: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const found = await lintFromString({ source: JSON.stringify(source), absoluteRef: 'openapi.json', config });
  return found.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

describe('the OpenAPI document', () => {
  it('gives the linter nothing to say', async () => {
    expect(await lint(document)).toEqual([]);
  });

  it('would not pass with a reference that leads nowhere', async () => {
    const broken = JSON.parse(JSON.stringify(document).replaceAll('schemas/Product"', 'schemas/Produkt"')) as object;
    expect((await lint(broken)).join()).toContain("Can't resolve $ref");
  });

  it('lists every route with its successes and its problems', () => {
    for (const route of Object.values(routes)) {
      const listed = Object.keys(document.paths[route.path]?.[route.method]?.responses ?? {});
      expect(listed).toEqual(expect.arrayContaining(Object.keys(route.responses)));
      const statuses = problemsOf(route).map((code) => String(problems[code].status));
      expect(listed).toEqual(expect.arrayContaining(statuses));
    }
  });

  it('has one name for each operation', () => {
    const ids = Object.values(routes).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
