import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problems } from '@fapi/sdk/contract';
import { describe, expect, it } from 'vitest';
import { root } from '../parts/paths.ts';
import { makeErrorsPage } from './errors-page.ts';

const page = readFileSync(join(root, 'docs/errors.md'), 'utf8');

describe('docs/errors.md', () => {
  it('is what the contract says: run "npm run docs" after a change', () => {
    expect(page).toBe(makeErrorsPage());
  });

  it('has a row for each code that can be sent', () => {
    expect([...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code)).toEqual(Object.keys(problems));
  });
});
