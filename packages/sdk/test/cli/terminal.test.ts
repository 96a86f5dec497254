import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTerminal, type Terminal } from '../../../../e2e/processes/terminal.ts';
import { root } from '../../../../tools/parts/paths.ts';
import { startSystem, type System, until } from '../../../server/test/parts/system.ts';
import { buildFapi, makeFolder } from './fapi.ts';

let program: string;
let system: System;
beforeAll(async () => {
  program = await buildFapi();
  system = await startSystem();
}, 120_000);
afterAll(() => system.stop());

/** A deployment that waits for a runner, with somebody before it. */
async function deploy(file: string, ...args: string[]): Promise<Terminal> {
  const folder = await makeFolder({ 'fapi.json': '{}', 'main.py': 'x = 1\n' });
  const env = { PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, HOME: folder, TERM: 'xterm', FAPI_URL: system.server.url, FAPI_API_KEY: system.server.operatorKey };
  const terminal = openTerminal(file, [...args, 'deploy'], { cwd: folder, env });
  await terminal.shows('⠋');
  terminal.ctrlC();
  await terminal.shows('cancel this deployment? It goes on otherwise. [y/N]');
  return terminal;
}

describe('Ctrl-C on a deployment, in a terminal', { timeout: 60_000 }, () => {
  // The program and what has started it are told at once: the second time must not be taken for a second press. It came before the question half the time.
  it.each([1, 2, 3, 4])('asks what becomes of it through bin/fapi too (%i)', async () => {
    const terminal = await deploy(join(root, 'bin/fapi'));
    terminal.type('n\r');
    expect([await terminal.ended, terminal.shown()]).toEqual([130, expect.stringContaining('it goes on')]);
  });

  it('takes the end of what is typed for a no', async () => {
    const terminal = await deploy(process.execPath, program);
    terminal.type('\u0004');
    expect([await terminal.ended, terminal.shown()]).toEqual([130, expect.stringMatching(/it goes on\r\n$/)]);
  });

  it('leaves at once when it is pressed again at the question', async () => {
    const terminal = await deploy(process.execPath, program);
    // A person has read it by then; presses before are taken for the first one.
    let code: number | undefined;
    void terminal.ended.then((ended) => (code = ended));
    await until(async () => (terminal.ctrlC(), code), (ended) => ended !== undefined);
    expect(code).toBe(130);
  });
});
