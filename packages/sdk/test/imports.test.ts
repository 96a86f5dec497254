import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, describe } from 'vitest';
import { startSystem } from '../../server/test/parts/system.ts';

const run = promisify(execFile);
const source = join(import.meta.dirname, '../src');
const specifiers = /^(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]|^import\s*['"]([^'"]+)['"]|\bimport\(['"]([^'"]+)['"]\)/gm;

/** The package as a script finds it, in a Node of its own. */
async function script(text: string, environment: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run(process.execPath, ['--conditions=fapi-source', '--input-type=module', '--eval', text], { cwd: import.meta.dirname, env: { ...process.env, ...environment }, timeout: 40_000 });
  return stdout.trim();
}

describe('the package', { timeout: 60_000 }, () => {
  it('imports ky and zod/mini, ky through two files, and nothing of Node', async () => {
    const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts') && !file.startsWith('cli/'));
    const importers = new Map<string, string[]>();
    for (const file of files) {
      for (const [, from, bare, asked] of (await readFile(join(source, file), 'utf8')).matchAll(specifiers)) {
        const name = (from ?? bare ?? asked)!;
        if (!name.startsWith('.')) importers.set(name, [...(importers.get(name) ?? []), file]);
      }
    }
    expect([...importers.keys()].toSorted()).toEqual(['ky', 'zod/mini']);
    expect(importers.get('ky')!.toSorted()).toEqual(['call.ts', 'http.ts']);
  });

  it('names in its package.json what it imports', async () => {
    const { dependencies } = JSON.parse(await readFile(join(source, '../package.json'), 'utf8'));
    expect(Object.keys(dependencies).toSorted()).toEqual(['ky', 'zod']);
  });

  it('runs in a plain Node, without a DOM: a script makes an app and ends by itself', async () => {
    const system = await startSystem();
    const output = await script(`
      import { createClient, isApiError } from '@fapi/sdk';
      if ('document' in globalThis || 'window' in globalThis) throw new Error('this is no plain Node');
      const fapi = createClient({ baseUrl: process.env.BASE_URL, fetchToken: async () => ({ token: process.env.KEY, expiresInSeconds: 600 }) });
      const app = await fapi.apps.create({ title: 'From a script' });
      const error = await fapi.apps.read('none').catch((caught) => caught);
      console.log(app.title, isApiError(error, 'app_not_found'));
    `, { BASE_URL: system.server.url, KEY: system.server.operatorKey }).finally(() => system.stop());
    expect(output).toBe('From a script true');
  });

  it('does nothing when it is imported: no globals but those of zod, no timers, no connections', async () => {
    expect(await script(`
      const before = Object.getOwnPropertyNames(globalThis);
      await import('@fapi/sdk');
      await import('@fapi/sdk/contract');
      await import('@fapi/sdk/workspace');
      await import('@fapi/sdk/portal');
      console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name) && !name.startsWith('__zod_'))), process.getActiveResourcesInfo().filter((name) => /Timeout|TCP/.test(name)).length);
    `)).toBe('[] 0');
  });

  it('says that it got no connection when what reads answers cannot be loaded, and tries again when it is asked again', async () => {
    const system = await startSystem();
    const output = await script(`
      import { registerHooks } from 'node:module';
      import { createClient } from '@fapi/sdk';
      let isAway = true;
      registerHooks({ resolve: (specifier, context, next) => { if (isAway && specifier === './parser.ts') throw new TypeError('Failed to fetch'); return next(specifier, context); } });
      const fapi = createClient({ baseUrl: process.env.BASE_URL, apiKey: process.env.KEY });
      const error = await fapi.apps.create({ title: 'Made all the same' }, { idempotencyKey: 'one-click' }).catch((caught) => caught);
      isAway = false;
      const { items } = await fapi.apps.list();
      const { id, title } = await fapi.apps.create({ title: 'Made all the same' }, { idempotencyKey: 'one-click' });
      console.log(error.name, error.cause.message, title, items.map((app) => app.id === id));
    `, { BASE_URL: system.server.url, KEY: system.server.operatorKey }).finally(() => system.stop());
    expect(output).toBe('ConnectionError Failed to fetch Made all the same [ true ]');
  });

  it('refuses a key in a page', async () => {
    expect(await script(`
      globalThis.document = {};
      const { createClient } = await import('@fapi/sdk');
      try { createClient({ baseUrl: 'https://fapi.example', apiKey: 'key' }); } catch (error) { console.log(error.name, error.message); }
    `)).toMatch(/^TypeError apiKey must not be used in a page/);
  });

  it('shows at its door what is promised, and no more', async () => {
    expect(JSON.parse(await script(`
      const names = async (door) => Object.keys(await import(door)).sort();
      console.log(JSON.stringify([await names('@fapi/sdk'), await names('@fapi/sdk/workspace'), await names('@fapi/sdk/portal')]));
    `))).toEqual([
      ['AbortError', 'ApiError', 'ConnectionError', 'ContractError', 'FapiError', 'TimeoutError', 'TokenError', 'createClient', 'isApiError', 'isFapiError', 'isSettled', 'isTokenError', 'looksSecret', 'version'],
      ['createWorkspace', 'linesOf', 'listChanges', 'mayPass', 'mergeFiles', 'planMerge', 'replacements'], ['createTokenHandler', 'koaMiddleware', 'nodeListener'],
    ]);
  });
});
