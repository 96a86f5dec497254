import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { version as elements } from '../packages/components/src/version.ts';
import { version as sdk } from '../packages/sdk/src/version.ts';
import { root } from './parts/paths.ts';

const versionOf = (file: string): string => (JSON.parse(readFileSync(join(root, file), 'utf8')) as { version: string }).version;

it('all packages are of one version, and say so themselves', () => {
  const own = versionOf('package.json');
  expect([elements, sdk]).toEqual([own, own]);
  for (const file of globSync('packages/*/package.json', { cwd: root })) expect(versionOf(file), file).toBe(own);
});
