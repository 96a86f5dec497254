import { beforeAll, describe, expect, it } from 'vitest';
import { budgets, findEntries, laterBudget, type Measured, measureEntry } from './entry-sizes.ts';

describe('what a page loads', { timeout: 120_000 }, () => {
  const measured = new Map<string, Measured>();
  beforeAll(async () => {
    for (const [name, entry] of findEntries()) measured.set(name, await measureEntry(entry));
    console.log([...measured].map(([name, { first, later }]) => `${name}: ${first.toFixed(1)} kB${later > 0 ? `, later ${later.toFixed(1)}` : ''}`).join('\n'));
  });

  it('has a budget for each entry', () => {
    expect([...measured.keys()].toSorted()).toEqual(Object.keys(budgets).toSorted());
  });

  it('is within them', () => {
    expect([...measured].filter(([name, { first }]) => first > (budgets[name] ?? 0)).map(([name, { first }]) => `${name}: ${first.toFixed(1)} kB`)).toEqual([]);
  });

  it('brings CodeMirror later, and within its own', () => {
    for (const name of ['define/code', 'define/editor']) expect(measured.get(name)!.later, name).toBeLessThan(laterBudget);
  });

  it('has one copy of what may be there once only, and nothing that is too large to be there', () => {
    const { inputs } = measured.get('define/all')!;
    for (const once of ['lit-html/lit-html.js', '@codemirror/state/dist/index.js', '@codemirror/view/dist/index.js']) expect(inputs.filter((path) => path.endsWith(`node_modules/${once}`)), once).toHaveLength(1);
    expect(inputs.filter((path) => /node_modules\/(zod\/v4\/(classic|locales)|codemirror|monaco-editor)\//.test(path))).toEqual([]);
  });
});
