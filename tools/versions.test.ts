import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { version as elements } from '../packages/components/src/version.ts';
import { version as sdk } from '../packages/sdk/src/version.ts';
import { version as server } from '../packages/server/src/version.ts';
import { root } from './parts/paths.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const versionOf = (file: string): string => (JSON.parse(read(file)) as { version: string }).version;
const own = versionOf('package.json');

it('all packages are of one version, and say so themselves', () => {
  expect({ elements, sdk, server }).toEqual({ elements: own, sdk: own, server: own });
  for (const file of globSync(['packages/*/package.json', 'examples/*/package.json'], { cwd: root })) expect(versionOf(file), file).toBe(own);
  expect(/^\[project\]$[^[]*?^version = "(.*)"$/m.exec(read('packages/runner-controller/runner/pyproject.toml'))?.[1]).toBe(own);
});

it('a version is written in no other source, where nothing would hold it', () => {
  const elsewhere = globSync('packages/*/src/**/*.ts', { cwd: root }).filter((file) => !/\bversion\.ts$/.test(file) && /\bversion\s*[:=]\s*'\d+\.\d+\.\d+'/.test(read(file)));
  expect(elsewhere).toEqual([]);
});
