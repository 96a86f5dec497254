import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../test-parts/until.ts';
import { endProcess, startDetached } from './detached.ts';
import { readStartTicks } from '../../program/start-ticks.ts';
import { findProgram, raiseEpoch, readEpoch } from './state-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fapi-detached-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const stateOf = (pid: number): string => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '')[0]!;

describe('ending a process', () => {
  it('asks first, and insists when that is not heard', async () => {
    for (const program of ['setInterval(() => {}, 1_000)', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1_000); console.log("deaf")']) {
      const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
      if (program.includes('deaf')) await once(child.stdout, 'data');
      const ended = once(child, 'exit');
      await endProcess(child.pid!, 200);
      expect((await ended)[1]).toBe(program.includes('deaf') ? 'SIGKILL' : 'SIGTERM');
    }
  });

  it('does not wait for one that has ended and that its parent never reaps', async () => {
    const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const pid = Number(String((await once(parent.stdout, 'data'))[0]));
    await until(() => stateOf(pid), (state) => state === 'Z');
    expect(await readStartTicks(pid)).toBeUndefined();
    await endProcess(pid, 100);
    parent.kill('SIGKILL');
  });

  it('takes one that is gone as ended', async () => {
    const child = spawn('true');
    await once(child, 'exit');
    await endProcess(child.pid!, 100);
  });
});

describe('starting a detached program', () => {
  const options = (script: string) => ({ title: 'The test program', program: process.execPath, args: ['-e', script], env: {}, logFile: join(folder, 'log'), isReady: () => readFile(join(folder, 'ready')).then(() => true, () => false) });

  it('says what it printed when it ends before it is ready, and nothing of former starts', async () => {
    await writeFile(join(folder, 'log'), 'words of yesterday\n');
    await expect(startDetached(options('console.error("no disk"); process.exit(3)'))).rejects.toThrow('The test program did not start (it ended with 3). Its last words:\nno disk');
  });

  it('ends one that is not ready in time', async () => {
    const script = `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); setInterval(() => {}, 1_000)`;
    await expect(startDetached({ ...options(script), timeoutMs: 500 })).rejects.toThrow('The test program did not start (it was not ready within 0.5 s).');
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
    await until(async () => (await readStartTicks(pid)) === undefined);
  });

  it('says that there is no such program', async () => {
    await expect(startDetached({ ...options(''), program: join(folder, 'none') })).rejects.toThrow(/^The test program did not start \(spawn .* ENOENT\)\.$/);
  });
});

describe('the state file', () => {
  it('names a program only while exactly that process runs', async () => {
    const file = join(folder, 'state.json');
    const state = { pid: process.pid, startTicks: await readStartTicks(process.pid), identity: 'abc', port: 80 };
    expect(await findProgram(file)).toBeUndefined();
    await writeFile(file, JSON.stringify(state));
    expect(await findProgram(file)).toEqual(state);
    for (const text of [JSON.stringify({ ...state, startTicks: '1' }), JSON.stringify({ pid: process.pid }), '{"pid":', '']) {
      await writeFile(file, text);
      expect(await findProgram(file)).toBeUndefined();
    }
  });

  it('counts controllers up, from whatever is there', async () => {
    const file = join(folder, 'deep/epoch');
    expect(await readEpoch(file)).toBe(0);
    expect([await raiseEpoch(file), await raiseEpoch(file)]).toEqual([1, 2]);
    await writeFile(file, 'nonsense');
    expect(await raiseEpoch(file)).toBe(1);
  });
});
