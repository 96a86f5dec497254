import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { createClient } from '@fapi/sdk';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { layDatabase } from '../../../tools/parts/database.ts';
import { openDatabase } from '../src/store/database/open.ts';
import { type NatsServer, startNats } from '../../../tools/parts/nats.ts';
import { root } from '../../../tools/parts/paths.ts';

let nats: NatsServer;
let dataDir: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  [nats, dataDir] = await Promise.all([startNats(), mkdtemp(join(tmpdir(), 'fapi-engine-'))]);
  await layDatabase(dataDir);
}, 60_000);
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await nats?.stop();
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

async function start() {
  const child = spawn(process.execPath, ['--conditions=fapi-source', join(root, 'packages/server/src/main.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, FAPI_DATA_DIR: dataDir, FAPI_PORT: '0', FAPI_NATS_URL: nats.url, FAPI_OPERATOR_KEY: 'key-of-the-operator-1', FAPI_LOG_LEVEL: 'silent', FAPI_STATEMENT_LIMIT_S: '5', NODE_OPTIONS: `--import=${pathToFileURL(join(dataDir, 'saboteur.mjs'))}` },
  });
  children.push(child);
  let errors = '';
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const [line] = await Promise.race([once(createInterface({ input: child.stdout! }), 'line'), ended.then(() => Promise.reject(new Error(`it did not start: ${errors}`)))]) as [string];
  return { client: createClient({ baseUrl: JSON.parse(line).url, apiKey: 'key-of-the-operator-1', retryLimit: 0 }), child, ended, errors: () => errors };
}

it('a server whose embedded database has ended by itself ends too, with one sentence and the code 1, and the next one has all that was acknowledged', async () => {
  // Nothing from outside ends a thread alone: this does it from inside, when the file is there.
  const order = join(dataDir, 'end-the-thread');
  await writeFile(join(dataDir, 'saboteur.mjs'), `import { existsSync } from 'node:fs';\nimport { isMainThread } from 'node:worker_threads';\nif (!isMainThread) setInterval(() => existsSync(${JSON.stringify(order)}) && process.exit(7), 20).unref();\n`);
  const first = await start();
  const app = await first.client.apps.create({ title: 'Kept' });
  let version = 1;
  await writeFile(order, '');
  for (let refused: unknown; refused === undefined; ) refused = await first.client.drafts.save(app.id, { version, files: [{ path: 'main.py', content: `# ${version + 1}` }] }).then((draft) => void (version = draft.version), (error: unknown) => error);
  expect(await first.ended).toBe(1);
  expect(first.errors()).toMatch(/^The embedded database has ended by itself \([^\n]+ 7\): what was acknowledged is in [^\n]+, and the next start goes on with it\.\n$/);
  first.client.close();

  await rm(order);
  const second = await start();
  const draft = await second.client.drafts.read(app.id);
  expect(draft.version).toBeGreaterThanOrEqual(version);
  if (draft.version > 1) expect(draft.files[0]!.content).toBe(`# ${draft.version}`);
  second.client.close();
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
}, 120_000);

it('a statement that does not come to its end, within a transaction, ends the server with a sentence and the code 1: nobody waits for ever, and the next one goes on', async () => {
  await writeFile(join(dataDir, 'saboteur.mjs'), '');
  // What nothing interrupts: a loop in the engine, for one title.
  const database = await openDatabase({ databaseUrl: undefined, dataDir });
  await sql`create function spin() returns trigger language plpgsql as $$ begin if new.title = 'Hangs' then loop end loop; end if; return new; end $$`.execute(database.db);
  await sql`create trigger spin before insert on apps for each row execute function spin()`.execute(database.db);
  await database.close();
  const first = await start();
  const kept = await first.client.apps.create({ title: 'Kept before' });
  const hung = first.client.apps.create({ title: 'Hangs' }).catch((error: unknown) => error);
  // Answered until the statement holds the engine, and then never more.
  let behind: unknown;
  while (behind === undefined) behind = await first.client.apps.read(kept.id).then(() => undefined, (error: unknown) => error);
  for (const outcome of [await hung, behind]) expect(outcome).toMatchObject({ code: 'not_ready' });
  expect(await first.ended).toBe(1);
  expect(first.errors()).toMatch(/^The embedded database has ended by itself \([^\n]+: a statement was not done after 5 s\): what was acknowledged is in [^\n]+, and the next start goes on with it\.\n$/);
  first.client.close();

  const second = await start();
  expect(await second.client.apps.read(kept.id)).toMatchObject({ title: 'Kept before' });
  expect((await second.client.apps.list()).items.map(({ title }) => title)).not.toContain('Hangs');
  second.client.close();
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
}, 120_000);
