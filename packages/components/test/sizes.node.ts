import { beforeAll, describe, expect, it } from 'vitest';
import { budgets, findEntries, laterBudgets, type Measured, measureEntry } from './entry-sizes.ts';

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

  it('brings the rest later, and within budgets of its own', () => {
    for (const [name, budget] of Object.entries(laterBudgets)) expect(measured.get(name)!.later, name).toBeLessThan(budget);
  });

  it('brings what a reader does not see at first later: keys and search of the code with CodeMirror drawn, lists and panels of the whole when they are shown', () => {
    const firstOf = (name: string): string => measured.get(name)!.firstInputs.join('\n');
    for (const later of ['elements/apps/', 'elements/deploy-status/deploy-status', 'elements/builder/palette', 'elements/builder/commands', 'elements/builder/shortcuts', 'elements/editor/handlers', 'parts/reference-list', 'icons-later', 'elements/history/', 'elements/find/find.', 'editor/hands.', '@codemirror/']) expect(firstOf('define/all'), later).not.toContain(later);
    // A page with the code alone speaks to no server.
    for (const never of ['packages/sdk/', 'node_modules/ky/', 'zod/']) expect(firstOf('define/code'), never).not.toContain(never);
  });

  it('has one copy of what may be there once only, and nothing that is too large to be there', () => {
    const { inputs } = measured.get('define/all')!;
    for (const once of ['lit-html/lit-html.js', '@codemirror/state/dist/index.js', '@codemirror/view/dist/index.js']) expect(inputs.filter((path) => path.endsWith(`node_modules/${once}`)), once).toHaveLength(1);
    expect(inputs.filter((path) => /node_modules\/(zod\/v4\/(classic|locales)|codemirror|monaco-editor)\//.test(path))).toEqual([]);
  });
});
