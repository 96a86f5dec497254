import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pythonPath, root, runnerPath } from '../../../../../tools/parts/paths.ts';
import { dataDirLimitBytes, readDataDir } from '../../config.ts';
import { createProcessRuntime } from './runtime.ts';
import { ProcessStartError } from './start-error.ts';

const never = () => Promise.reject(new Error('nothing is deployed here'));

describe('the path of a data folder', () => {
  let above: string;
  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'f-'));
  });
  afterEach(() => rm(above, { recursive: true, force: true }));
  const folderOf = async (bytes: number): Promise<string> => {
    const folder = join(above, 'x'.repeat(bytes - Buffer.byteLength(above) - 1));
    await mkdir(folder);
    return folder;
  };
  const open = (dataDir: string) => createProcessRuntime({ dataDir, python: pythonPath(), runnerDir: runnerPath, gateway: { port: 0, host: '127.0.0.1' }, logger: pino({ level: 'silent' }), fetchBundle: never, fetchEnvironment: never });

  it('may be as long as the rule says: the agent opens its sockets there, and in one that is longer it does not', async () => {
    const longest = readDataDir(await folderOf(dataDirLimitBytes));
    const runtime = await open(longest);
    expect(await runtime.describe().finally(() => runtime.shutdown())).toMatchObject({ kind: 'process' });
    const tooLong = await folderOf(dataDirLimitBytes + 1);
    expect(() => readDataDir(tooLong)).toThrow(`at most ${dataDirLimitBytes} bytes`);
    const error: unknown = await open(tooLong).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ProcessStartError);
    expect(String(error)).toContain('too long a path');
  });

  it('is told with the same number where it is documented', () => {
    expect(readFileSync(join(root, 'packages/runner-controller/README.md'), 'utf8')).toContain(`at most ${dataDirLimitBytes} bytes long, because unix sockets lie below it`);
  });
});
