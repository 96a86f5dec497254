import { createClient, type FapiClient } from '@fapi/sdk';
import type { App, AppFile, Deployment } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTexts, openEditor } from '../packages/runner-controller/src/test-parts/editor.ts';
import { startSteadyClient } from './steady-client.ts';
import type { System } from './system.ts';
import { until, visit } from './visit.ts';

const hello = (word: string): AppFile[] => [
  { path: 'main.py', content: `import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read_root():\n    return {"word": "${word}"}\n\n\n@app.get("/exit")\ndef leave():\n    os._exit(3)\n` },
];
const reader = (code: string): AppFile[] => [
  { path: 'main.py', content: `import os\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read_root():\n    return {"code": "${code}", "plain": os.environ.get("PLAIN"), "secret": os.environ.get("SECRET"), "draft": os.environ.get("DRAFT_ONLY")}\n` },
];
/** Says how often it was asked, also before it was last started. */
const counter = (status: number): AppFile[] => [
  { path: 'main.py', content: `from pathlib import Path\nfrom fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/", status_code=${status})\ndef read_root() -> dict[str, int]:\n    path = Path("count.txt")\n    count = int(path.read_text()) + 1 if path.exists() else 1\n    path.write_text(str(count))\n    return {"count": count}\n` },
];
const several: AppFile[] = [
  { path: 'main.py', content: 'from fastapi import FastAPI\n\nfrom routers import items\n\napp = FastAPI()\napp.include_router(items.router)\n' },
  { path: 'routers/__init__.py', content: '' },
  { path: 'routers/items.py', content: 'from fastapi import APIRouter\n\nfrom .names import names\n\nrouter = APIRouter(prefix="/items")\n\n\n@router.get("/")\ndef list_items() -> list[str]:\n    return names\n' },
  { path: 'routers/names.py', content: 'names = ["one", "two"]\n' },
];

const shop = (item: string, routes: string): AppFile[] => [
  { path: 'main.py', content: `from fastapi import FastAPI\nfrom pydantic import BaseModel\n\napp = FastAPI()\n\n\nclass Item(BaseModel):\n    name: str\n${item}\n\n@app.post("/items")\ndef add(item: Item) -> Item:\n    return item\n\n${routes}` },
];

/** The story that must hold in every shape: create, deploy, edit, redeploy, break, kill, recover. */
export function tellStory(start: () => Promise<System>): void {
  let system: System;
  let client: FapiClient;
  let app: App;

  const deploy = async (files: AppFile[], of: App = app): Promise<Deployment> => {
    const draft = await client.drafts.read(of.id);
    const remove = draft.files.map((file) => file.path).filter((path) => !files.some((file) => file.path === path));
    const deployment = await client.deployments.create(of.id, { draftVersion: draft.version, patch: { put: files, remove } });
    return client.deployments.untilSettled(deployment);
  };
  const word = async (): Promise<unknown> => (JSON.parse((await visit(system.gatewayPort, app.url)).body) as { word?: unknown }).word;

  beforeAll(async () => {
    system = await start();
    client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  });
  afterAll(async () => {
    client?.close();
    await system?.stop();
  });

  it('says what keeps apps apart from the machine, and why a layer is missing', async () => {
    const { isolation } = await client.runtime.read();
    for (const { name, active, reason } of isolation.layers) expect(active || reason, `${name} is missing without a reason`).toBeTruthy();
    // Where these tests are at home: root on Linux, with namespaces.
    if (process.platform === 'linux' && process.getuid?.() === 0) expect(isolation).toMatchObject({ level: 3, layers: expect.arrayContaining([expect.objectContaining({ name: 'namespaces', active: true })]) });
  });

  it('creates an app that is not deployed yet', async () => {
    app = await client.apps.create({ title: 'Story', files: hello('one') });
    expect(app).toMatchObject({ freshness: 'never_deployed', rollout: 'idle' });
  });

  it('deploys it, stage by stage, and answers at its address', async () => {
    const deployment = await deploy(hello('one'));
    expect(deployment).toMatchObject({ status: 'live' });
    expect(deployment.stages.map((stage) => stage.name)).toEqual(['queued', 'validating', 'preparing', 'starting', 'verifying', 'live']);
    const answer = await visit(system.gatewayPort, app.url);
    expect(answer).toMatchObject({ status: 200, revision: deployment.revision });
    expect(JSON.parse(answer.body)).toEqual({ word: 'one' });
    expect((await visit(system.gatewayPort, app.url, '/docs')).status).toBe(200);
    await until(() => client.apps.read(app.id), (now) => now.freshness === 'up_to_date' && now.health === 'running' && now.rollout === 'idle');
  });

  it('helps whoever edits: completes a field from another file, and leads into the source of FastAPI', async () => {
    const draft = { 'main.py': 'from fastapi import FastAPI\nfrom models import Item\n\napp = FastAPI()\nItem.\n', 'models.py': 'class Item:\n    price_cents = 0\n' };
    const edited = await client.apps.create({ title: 'Edited', files: Object.entries(draft).map(([path, content]) => ({ path, content })) });
    const texts = createTexts();
    const session = client.language.open(edited.id, { onMessage: texts.add, onEnd: texts.end });
    expect(await session.ready).toEqual({ root: 'file:///app/' });
    const editor = await openEditor({ send: session.send, [Symbol.asyncIterator]: texts.read });
    editor.open(draft['main.py']);
    expect(await editor.complete(4, 5)).toContain('price_cents');
    const [place] = await editor.at<{ uri: string }[]>('definition', 3, 8);
    expect(place).toMatchObject({ uri: 'file:///library/site-packages/fastapi/applications.py' });
    expect((await editor.request<{ text: string }>('fapi/readFile', { uri: place!.uri })).text).toContain('class FastAPI(');
    session.close();
    await client.apps.delete(edited.id);
  });

  it('never shows an old answer after live, over twenty redeploys, and fails no request of a steady client', async () => {
    const steady = startSteadyClient(system.gatewayPort, app.url);
    for (let round = 0; round < 20; round++) {
      expect(await deploy(hello(`round ${round}`))).toMatchObject({ status: 'live' });
      expect(await word()).toBe(`round ${round}`);
    }
    const { answered, failures } = await steady.stop();
    expect(failures).toEqual([]);
    expect(answered).toBeGreaterThan(20);
  });

  it('says where a broken edit is, and the old version keeps answering', async () => {
    const before = await word();
    const broken = await deploy([{ path: 'main.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n\ndef broken(:\n    pass\n' }]);
    expect(broken).toMatchObject({ status: 'failed', reason: 'validation_failed', failure: { class: 'syntax' } });
    expect(broken.findings?.find((finding) => finding.severity === 'error')).toMatchObject({ file: 'main.py', start: { line: 5 } });
    expect(await word()).toBe(before);
  });

  it.each([
    ['an exception at import', 'from fastapi import FastAPI\n\napp = FastAPI()\n1 / 0\n', 'import_failed', 'import', 4],
    ['an exception at start', 'from contextlib import asynccontextmanager\nfrom fastapi import FastAPI\n\n\n@asynccontextmanager\nasync def lifespan(app):\n    raise RuntimeError("no database")\n    yield\n\n\napp = FastAPI(lifespan=lifespan)\n', 'startup_failed', 'startup', 7],
  ])('reports %s with its line, and the old version keeps answering', async (_, content, reason, phase, line) => {
    const before = await word();
    const failed = await deploy([{ path: 'main.py', content }]);
    expect(failed).toMatchObject({ status: 'failed', reason, failure: { phase } });
    expect(failed.failure?.frames.at(-1)).toMatchObject({ file: 'main.py', line });
    expect(await word()).toBe(before);
  });

  it('names what it expected when there is no app', async () => {
    const failed = await deploy([{ path: 'main.py', content: 'from fastapi import FastAPI\n\nservice = FastAPI()\n' }]);
    expect(failed.status).toBe('failed');
    expect(failed.failure?.message).toMatch(/app/);
  });

  it('runs packages with relative imports', async () => {
    expect(await deploy(several)).toMatchObject({ status: 'live' });
    expect(JSON.parse((await visit(system.gatewayPort, app.url, '/items/')).body)).toEqual(['one', 'two']);
  });

  it('tells what an edit changes of the API before it is deployed, and what breaks its clients', async () => {
    const changing = await client.apps.create({ title: 'Changing', files: shop('', '@app.get("/old")\ndef old() -> int:\n    return 1\n') });
    const live = await deploy(shop('', '@app.get("/old")\ndef old() -> int:\n    return 1\n'), changing);
    const { version } = await client.drafts.read(changing.id);
    await client.drafts.save(changing.id, { version, files: shop('    tax: float\n', '@app.get("/new")\ndef new(q: str | None = None) -> int:\n    return 1\n') });
    const { api, files } = await client.revisions.diff(changing.id, { from: 'live', to: 'draft' });
    expect(api).toEqual({
      isKnown: true,
      routes: [
        { method: 'POST', path: '/items', change: 'changed', isBreaking: true, reasons: [{ isBreaking: true, message: 'body.tax is new and required' }, { isBreaking: false, message: 'answer 200.tax is new' }] },
        { method: 'GET', path: '/new', change: 'added', isBreaking: false, reasons: [] },
        { method: 'GET', path: '/old', change: 'removed', isBreaking: true, reasons: [{ isBreaking: true, message: 'the route is gone' }] },
      ],
      schemas: [{ name: 'Item', change: 'changed', isBreaking: true, reasons: [{ isBreaking: true, message: 'tax is new and required' }, { isBreaking: false, message: 'tax is new' }] }],
    });
    expect(files).toMatchObject([{ path: 'main.py', change: 'changed' }]);
    expect((await client.revisions.list(changing.id)).items).toMatchObject([{ digest: live.revision, number: 1, outcome: 'live', isLive: true }]);
    await client.apps.delete(changing.id);
  });

  it('ends two quick deploys with the second live and the first superseded', async () => {
    const draft = await client.drafts.read(app.id);
    const first = await client.deployments.create(app.id, { draftVersion: draft.version, patch: { put: hello('first'), remove: [] } });
    const { version } = await client.drafts.read(app.id);
    const second = await client.deployments.create(app.id, { draftVersion: version, patch: { put: hello('second'), remove: [] } });
    expect(await client.deployments.untilSettled(second)).toMatchObject({ status: 'live' });
    expect(['superseded', 'live', 'stopped']).toContain((await client.deployments.untilSettled(first)).status);
    expect(await word()).toBe('second');
  });

  it('goes back to the version before when a new one ends itself, and says how it ended', async () => {
    // Of two quick ones, the first may have been live for a moment.
    await deploy(several);
    await deploy(hello('last'));
    const { live: second } = await client.apps.read(app.id);
    await visit(system.gatewayPort, app.url, '/exit').catch(() => undefined);
    expect(await until(() => client.deployments.read(app.id, second!.id), ({ status }) => status === 'failed')).toMatchObject({ reason: 'rolled_back', failure: { phase: 'running', message: expect.stringMatching(/./) } });
    await until(() => client.apps.read(app.id), ({ live, rollout }) => live?.createdBy === 'system' && rollout === 'idle');
    expect(JSON.parse((await visit(system.gatewayPort, app.url, '/items/')).body)).toEqual(['one', 'two']);
  });

  describe('an environment', () => {
    let reading: App;
    const answer = async (): Promise<unknown> => JSON.parse((await visit(system.gatewayPort, reading.url)).body);
    const variables = (plain: string) => [{ name: 'PLAIN', value: plain }, { name: 'SECRET', secret: true, scope: 'live' as const }, { name: 'DRAFT_ONLY', value: 'd', scope: 'draft' as const }];

    it('reaches the code that is deployed with it, its secrets too, and what is for drafts does not', async () => {
      reading = await client.apps.create({ title: 'Reading', files: reader('first') });
      await client.environment.save(reading.id, { version: 0, variables: variables('one').map((variable) => (variable.secret ? { ...variable, value: 'hidden' } : variable)) });
      expect(await deploy(reader('first'), reading)).toMatchObject({ status: 'live', envVersion: 1 });
      expect(await answer()).toEqual({ code: 'first', plain: 'one', secret: 'hidden', draft: null });
    });

    it('that changes alone goes live with the revision that is live, though the draft was edited', async () => {
      await client.drafts.save(reading.id, { version: (await client.drafts.read(reading.id)).version, files: reader('edited') });
      const { version } = await client.environment.save(reading.id, { version: 1, variables: variables('two') });
      expect(await answer()).toMatchObject({ plain: 'one' });
      const { live } = await client.apps.read(reading.id);
      const deployment = await client.deployments.untilSettled(await client.deployments.create(reading.id, { revision: live!.revision }));
      expect(deployment).toMatchObject({ status: 'live', revision: live!.revision, envVersion: version });
      expect(await answer()).toEqual({ code: 'first', plain: 'two', secret: 'hidden', draft: null });
      expect((await client.drafts.read(reading.id)).files).toEqual(reader('edited'));
    });

    it('without a variable takes it from what is live, and brings no line of the draft', async () => {
      const { version } = await client.environment.read(reading.id);
      await client.environment.save(reading.id, { version, variables: [{ name: 'SECRET', secret: true, scope: 'live' }] });
      expect((await client.apps.read(reading.id)).changes).toMatchObject({ code: true, environment: true });
      expect(await client.deployments.untilSettled(await client.deployments.create(reading.id, { revision: 'live' }))).toMatchObject({ status: 'live', trigger: 'environment' });
      expect(await answer()).toEqual({ code: 'first', plain: null, secret: 'hidden', draft: null });
    });

    it('lets an idle app sleep when its settings say so, and the next request wakes it', async () => {
      await client.apps.patch(reading.id, { settings: { idleFreezeS: 1 } });
      await until(() => client.apps.read(reading.id), (now) => now.health === 'asleep');
      expect(await answer()).toMatchObject({ code: 'first', plain: null });
      await client.apps.delete(reading.id);
    });
  });

  describe('a life', () => {
    let living: App;
    const ask = async (path = '/') => visit(system.gatewayPort, living.url, path);
    const count = async (): Promise<unknown> => JSON.parse((await ask()).body);
    const liveAgain = (trigger: Deployment['trigger']) => until(() => client.apps.read(living.id), ({ live }) => live?.trigger === trigger);

    it('goes back to what was last good in one call', async () => {
      living = await client.apps.create({ title: 'Living', files: counter(200) });
      const first = await deploy(counter(200), living);
      expect(await count()).toEqual({ count: 1 });
      expect(await deploy(hello('other'), living)).toMatchObject({ status: 'live' });
      expect(await client.deployments.untilSettled(await client.deployments.create(living.id, { revision: 'last_good' }))).toMatchObject({ status: 'live', trigger: 'revert', revision: first.revision });
      expect(await count()).toEqual({ count: 2 });
    });

    it('goes back by itself when too many answers are 5xx, where its settings say so', async () => {
      await client.apps.patch(living.id, { settings: { rollbackOn5xx: { percent: 50, minRequests: 5, windowS: 300 } } });
      const broken = await deploy(counter(503), living);
      expect(broken).toMatchObject({ status: 'live' });
      for (let n = 0; n < 5; n++) expect((await ask()).status).toBe(503);
      await liveAgain('rollback');
      expect(await client.deployments.read(living.id, broken.id)).toMatchObject({ status: 'failed', reason: 'rolled_back', message: expect.stringContaining('5xx') });
      expect((await ask()).status).toBe(200);
    });

    it('is served by nobody while the operator has suspended it, also after a start, and loses nothing', async () => {
      const before = (await count()) as { count: number };
      await client.apps.suspend(living.id, { reason: 'to look at it' });
      await until(() => ask(), ({ status }) => status === 503);
      await system.kill('server');
      await system.restart();
      await until(() => client.health.ready(), ({ status }) => status === 'ready');
      expect((await ask()).status).toBe(503);
      await client.apps.resume(living.id);
      await liveAgain('resume');
      expect(((await count()) as { count: number }).count).toBeGreaterThan(before.count);
    });

    it('ends for visitors when it is deleted, and goes on with what it wrote when it is restored', async () => {
      const before = (await count()) as { count: number };
      await client.apps.delete(living.id);
      await until(() => ask(), ({ status }) => status === 404);
      await client.apps.restore(living.id);
      await liveAgain('restore');
      expect(((await count()) as { count: number }).count).toBeGreaterThan(before.count);
      const clone = await client.apps.clone(living.id, { from: 'live', environment: 'values', deploy: true });
      expect(await client.deployments.untilSettled(clone.latest!)).toMatchObject({ status: 'live' });
      expect(JSON.parse((await visit(system.gatewayPort, clone.url)).body)).toEqual({ count: 1 });
      for (const { id } of [living, clone]) await client.apps.delete(id);
    });
  });

  it('counts each request once', async () => {
    const counted = await client.apps.create({ title: 'Counted', files: hello('counted') });
    await deploy(hello('counted'), counted);
    for (let n = 0; n < 25; n++) await visit(system.gatewayPort, counted.url);
    for (let n = 0; n < 5; n++) await visit(system.gatewayPort, counted.url, '/missing');
    const metrics = await until(() => client.apps.metrics(counted.id), (now) => now.requests >= 30);
    expect(metrics).toMatchObject({ requests: 30, status2xx: 25, status4xx: 5, status5xx: 0 });
    await client.apps.delete(counted.id);
  });

  describe.each(['server', 'controller'] as const)('when the %s is killed', (program) => {
    it('keeps the app answering, loses nothing and deploys again after the next start', async () => {
      const before = await word();
      const draft = await client.drafts.read(app.id);
      await system.kill(program);
      expect(await word()).toBe(before);
      await system.restart();
      await until(() => client.health.ready(), (readiness) => readiness.status === 'ready');
      expect((await client.drafts.read(app.id)).version).toBe(draft.version);
      expect(await deploy(hello(`after ${program}`))).toMatchObject({ status: 'live' });
      expect(await word()).toBe(`after ${program}`);
    });
  });

  it('ends every deployment and stops serving an app that is deleted', async () => {
    const all: Deployment[] = [];
    for await (const deployment of client.deployments.list(app.id)) all.push(deployment);
    expect(all.filter((deployment) => ['queued', 'validating', 'preparing', 'starting', 'verifying'].includes(deployment.status))).toEqual([]);
    await client.apps.delete(app.id);
    await until(() => visit(system.gatewayPort, app.url), (answer) => answer.status === 404);
  });
}
