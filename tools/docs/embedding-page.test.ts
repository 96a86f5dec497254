import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@fapi/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startSystem, type System } from '../../packages/server/test/parts/system.ts';
import { root } from '../parts/paths.ts';

const page = readFileSync(join(root, 'docs/embedding.md'), 'utf8');
const portal = 'https://portal.example';
const AsyncFunction = (async () => undefined).constructor as new (...text: string[]) => (fapi: unknown) => Promise<void>;

describe('the first step of docs/embedding.md', () => {
  let system: System;
  let fapi: ReturnType<typeof createClient>;
  beforeAll(async () => {
    system = await startSystem();
    fapi = createClient({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  });
  afterAll(async () => {
    fapi?.close();
    await system?.stop();
  });
  const former = { title: 'Intranet', origins: ['https://intranet.example'], limits: { apps: 7 }, oidc: { issuer: 'https://login.example', audience: 'portal', roles: { students: 'editor' as const } } };
  beforeEach(() => fapi.workspaces.put('default', former));

  const ways: Record<string, () => Promise<unknown>> = {
    curl: () => promisify(execFile)('/bin/sh', ['-ec', /```sh\n(curl [^]*?)```/.exec(page)![1]!], { env: { ...process.env, FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey, PORTAL_ORIGIN: portal } }),
    'the SDK': () => new AsyncFunction('fapi', /```js\n(.*await fapi\.workspaces\.read[^]*?)```/.exec(page)![1]!)(fapi),
  };
  it.each(Object.keys(ways))('adds an origin by %s and takes nothing away, however often', async (way) => {
    for (let time = 0; time < 2; time += 1) {
      await ways[way]!();
      const { title, origins, limits, oidc } = await fapi.workspaces.read('default');
      expect({ title, origins, limits, oidc }).toMatchObject({ ...former, origins: [...former.origins, portal] });
      expect(origins).toHaveLength(2);
    }
  });

  it('is where every portal to copy from leads, and none of them replaces the workspace itself', () => {
    for (const name of ['react', 'vue', 'svelte', 'fastapi']) {
      const readme = readFileSync(join(root, `examples/portal-${name}/README.md`), 'utf8');
      expect(readme).toMatch(/export .*PORTAL_ORIGIN=http/);
      expect(readme).toContain('../../docs/embedding.md#1-the-server-knows-the-portal');
      expect(readme).not.toContain('PUT');
    }
  });
});
