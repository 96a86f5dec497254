import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { problems } from '@fapi/sdk/contract';
import { makeStatus, startSystem, until, watchSpecs } from '../../server/test/system.ts';

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');

it('the first script of the README makes an app, deploys it, prints its address and ends by itself', async () => {
  const [, text] = /```js\n(import[^]*?)```/.exec(readme)!;
  const system = await startSystem();
  const specs = watchSpecs(system.bus);
  const script = promisify(execFile)(process.execPath, ['--conditions=fapi-source', '--input-type=module', '--eval', text!], { cwd: import.meta.dirname, env: { ...process.env, FAPI_URL: system.server.url, FAPI_OPERATOR_KEY: system.server.operatorKey }, timeout: 40_000 });
  try {
    const { appId, generation } = await until(() => specs.all[0]!, (spec) => spec !== undefined, 30_000);
    await system.bus.statuses.publish(makeStatus(appId, generation, 'live', 'live'));
    expect((await script).stdout.trim()).toBe((await system.call(`/v1/apps/${appId}`)).json.url);
  } finally {
    specs.stop();
    await system.stop();
  }
}, 60_000);

it('the README names no code that is on no list', () => {
  for (const [, code] of readme.matchAll(/isApiError\(error, '(\w+)'\)/g)) expect(Object.keys(problems)).toContain(code);
});
