import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@fapi/sdk';
import { roles, scopesOfRole } from '@fapi/sdk/contract';
import { expect, it } from 'vitest';
import { startSystem } from '../../packages/server/test/parts/system.ts';
import { root } from '../parts/paths.ts';

const page = readFileSync(join(root, 'docs/access.md'), 'utf8');
type Example = (fapi: unknown, app: unknown, console: unknown) => Promise<void>;
const AsyncFunction = (async () => undefined).constructor as new (...text: string[]) => Example;

it('docs/access.md gives each role what the contract does', () => {
  let below: readonly string[] = [];
  for (const role of roles) {
    const [, cell = ''] = new RegExp(`^\\| \`${role}\` \\| (.*) \\|$`, 'm').exec(page) ?? [];
    const named = [...cell.matchAll(/`([a-z]+:[a-z]+)`/g)].map(([, scope]) => scope!);
    expect([...below, ...named].toSorted()).toEqual([...scopesOfRole[role]].toSorted());
    below = [...below, ...named];
  }
});

it('every example of docs/access.md runs as printed', { timeout: 60_000 }, async () => {
  const system = await startSystem();
  const fapi = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  try {
    const app = await fapi.apps.create({ title: 'Example' });
    const lines: unknown[][] = [];
    const examples = [...page.matchAll(/```js\n([^]*?)```/g)].map(([, text]) => text!);
    expect(examples.length).toBeGreaterThanOrEqual(5);
    for (const text of examples) await new AsyncFunction('fapi', 'app', 'console', text)(fapi, app, { log: (...line: unknown[]) => lines.push(line) });
    expect(lines.map(([, kind, subject, action]) => `${String(kind)} ${String(subject)} ${String(action)}`)).toEqual(['operator operator access.put', 'operator operator apps.create']);
  } finally {
    fapi.close();
    await system.stop();
  }
});
