import { createMemoryBus } from '@fapi/runner-controller/work';
import { pino } from 'pino';
import { createServer, readConfig } from '../../src/index.ts';

/** A server that writes to itself without a pause and says on stdout what was acknowledged. The test kills it at any moment. */
const server = await createServer({ config: readConfig({ ...process.env, FAPI_PORT: '0' }), bus: createMemoryBus(), logger: pino({ level: 'silent' }) });
await server.listen();
const call = async (path: string, method = 'GET', body?: unknown, headers: Record<string, string> = {}): Promise<any> => {
  const response = await fetch(new URL(path, server.url), { method, headers: { authorization: `Bearer ${server.operatorKey}`, 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`);
  return response.json();
};
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const apps = (await call('/v1/apps?limit=100')).items;
for (const app of apps) {
  const draft = await call(`/v1/apps/${app.id}/draft`);
  say({ found: app.id, version: draft.version, content: draft.files[0].content, generations: (await call(`/v1/apps/${app.id}/deployments?limit=100`)).items.map((item: any) => ({ id: item.id, generation: item.generation, status: item.status, revision: item.revision })) });
}
say({ ready: true });
for (let n = 0; ; n++) {
  const app = await call('/v1/apps', 'POST', { title: `Kill ${n}`, files: [{ path: 'main.py', content: 'v1' }] });
  say({ app: app.id, version: 1, content: 'v1' });
  let version = 1;
  for (let round = 0; round < 4; round++) {
    const content = `v${version + 1} ${'x'.repeat(2_000)}`;
    version = (await call(`/v1/apps/${app.id}/draft`, 'PUT', { files: [{ path: 'main.py', content }] }, { 'if-match': `"${version}"` })).version;
    say({ app: app.id, version, content });
    const made = await call(`/v1/apps/${app.id}/deployments`, 'POST', { draftVersion: version });
    say({ app: app.id, deployment: made.id, generation: made.generation, revision: made.revision });
  }
}
