import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { layDatabase } from '../../../tools/parts/database.ts';

const [rounds, seed] = [4, 20_261_124];

interface Known { version: number; content: string; deployments: Map<string, { generation: number; revision: string }> }

/** Runs the writer until `afterAcknowledged` lines, kills it there and then, and answers what it found and what it acknowledged. */
async function runAndKill(dataDir: string, afterAcknowledged: number): Promise<{ found: any[]; acknowledged: any[] }> {
  const child = spawn(process.execPath, ['--conditions=fapi-source', join(import.meta.dirname, 'parts/kill-writer.ts')], { env: { ...process.env, FAPI_DATA_DIR: dataDir }, stdio: ['ignore', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [found, acknowledged]: [any[], any[]] = [[], []];
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as Record<string, unknown>;
    if ('found' in message) found.push(message);
    // What was written before the kill counts, even when it is read after it.
    if ('app' in message && acknowledged.push(message) === afterAcknowledged) child.kill('SIGKILL');
  }
  await ended;
  expect(child.signalCode, errors).toBe('SIGKILL');
  return { found, acknowledged };
}

it('loses nothing that was acknowledged when the server is killed at any moment, and tears no deployment', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'fapi-kill-'));
  await layDatabase(dataDir);
  const known = new Map<string, Known>();
  let random = seed;
  for (let round = 0; round <= rounds; round++) {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    const { found, acknowledged } = await runAndKill(dataDir, 5 + (random % 25));
    const byId = new Map(found.map((app) => [app.found as string, app]));
    for (const [appId, app] of known) {
      const now = byId.get(appId);
      expect(now, `app ${appId} of an earlier round, seed ${seed}, round ${round}`).toBeDefined();
      // One more write may have been under way, unacknowledged; none fewer.
      expect(now.version).toBeGreaterThanOrEqual(app.version);
      if (now.version === app.version) expect(now.content).toBe(app.content);
      for (const [id, { generation, revision }] of app.deployments) expect(now.generations).toContainEqual({ id, generation, revision, status: expect.any(String) });
      const generations = now.generations.map((item: { generation: number }) => item.generation);
      expect(generations).toEqual(generations.map((_: number, index: number) => generations.length - index));
      expect(now.generations.filter((item: { status: string }) => item.status === 'queued').length).toBeLessThanOrEqual(1);
    }
    for (const line of acknowledged) {
      const app = known.get(line.app) ?? { version: 0, content: '', deployments: new Map() };
      if (line.version !== undefined) Object.assign(app, { version: line.version, content: line.content });
      if (line.deployment !== undefined) app.deployments.set(line.deployment, { generation: line.generation, revision: line.revision });
      known.set(line.app, app);
    }
  }
  expect(known.size).toBeGreaterThan(rounds);
  await rm(dataDir, { recursive: true, force: true });
}, 90_000);
