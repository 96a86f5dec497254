import { createClient, type FapiClient } from '@fapi/sdk';
import type { App, AppFile, Deployment, StreamEvent } from '@fapi/sdk/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Program } from './program.ts';
import { type KubernetesShape, startKubernetes } from './shapes/kubernetes.ts';
import { until } from './visit.ts';

/** Its import takes a moment, so that somebody can be killed meanwhile. */
const hello = (word: string, seconds = 0): AppFile[] => [
  { path: 'main.py', content: `import time, uuid\nfrom fastapi import FastAPI\n\ntime.sleep(${seconds})\napp = FastAPI()\nborn = uuid.uuid4().hex\n\n\n@app.get("/")\ndef read_root():\n    return {"word": "${word}", "born": born}\n` },
];
const acts = ({ output, isAlive, ready }: Program): boolean => isAlive() && (ready['ready'] === true || output().includes('"ready":true'));
/** A standby acts at the latest so long after the other one was lost. */
const followMs = 15_000;
const deploysAtOnce = 6;

describe('the whole system on Kubernetes', () => {
  let shape: KubernetesShape;
  let client: FapiClient;
  let app: App;
  let [active, standby] = [undefined as unknown as Program, undefined as unknown as Program];

  beforeAll(async () => {
    shape = await startKubernetes();
    active = await shape.startController();
    standby = await shape.startController();
    client = createClient({ baseUrl: shape.baseUrl, apiKey: shape.operatorKey });
  });
  afterAll(async () => {
    client?.close();
    await shape?.stop();
  });

  const begin = async (of: App, files: AppFile[]): Promise<Deployment> => client.deployments.create(of.id, { draftVersion: (await client.drafts.read(of.id)).version, patch: { put: files, remove: [] } });
  const deploy = async (of: App, files: AppFile[]): Promise<Deployment> => client.deployments.untilSettled(await begin(of, files));
  /** Of each pod that takes requests; an app has one. */
  const words = async (of: App): Promise<unknown[]> => (await shape.visit(of)).map(({ body }) => (body as { word?: unknown } | undefined)?.word);
  const expectServed = async (of: App, word: string): Promise<void> => {
    await until(async () => [(await shape.podsOf(of.id)).length, ...(await words(of))], (found) => JSON.stringify(found) === JSON.stringify([1, word]));
  };
  /** Some that have never been deployed and some that serve already, all of them on their way. */
  const beginMany = async (word: string): Promise<{ apps: App[]; settled: Promise<Deployment[]> }> => {
    const apps = await Promise.all(Array.from({ length: deploysAtOnce }, (_, at) => client.apps.create({ title: `${word} ${at}`, files: hello('first') })));
    await Promise.all(apps.slice(0, deploysAtOnce / 2).map((one) => deploy(one, hello('first'))));
    const begun = await Promise.all(apps.map((one) => begin(one, hello(word, 2))));
    const settled = Promise.all(begun.map((one) => client.deployments.untilSettled(one)));
    await until(() => Promise.all(begun.map((one) => client.deployments.read(one.appId, one.id))), (all) => all.some(({ status }) => status === 'preparing'));
    return { apps, settled };
  };
  const expectOnce = async (apps: App[], settled: Deployment[], word: string): Promise<void> => {
    expect(settled.map(({ status, message }) => [status, message])).toEqual(apps.map(() => ['live', undefined]));
    for (const [at, one] of apps.entries()) {
      await expectServed(one, word);
      const { items } = await client.deployments.list(one.id);
      expect(items.map(({ status }) => status)).toEqual(at < deploysAtOnce / 2 ? ['live', 'stopped'] : ['live']);
      expect((await client.apps.read(one.id)).health).toBe('running');
    }
  };

  /** Every event from now on. */
  const follow = (options: { apps?: string[]; topics: ('deployments' | 'apps')[] }, through = client): { seen: StreamEvent[]; stop(): Promise<void> } => {
    const seen: StreamEvent[] = [];
    const leaving = new AbortController();
    const following = (async () => {
      for await (const event of through.events.stream({ ...options, signal: leaving.signal })) seen.push(event);
    })().catch((error: unknown) => {
      if (!leaving.signal.aborted) throw error;
    });
    return {
      seen,
      async stop() {
        leaving.abort();
        await following;
      },
    };
  };

  it('has one controller that acts and one that stands by', async () => {
    expect(acts(active)).toBe(true);
    expect(standby.ready).toMatchObject({ standby: true, active: expect.stringContaining(String(active.pid)) });
    expect(await shape.epoch()).toBe(1);
    for (const [controller, role] of [[active, 'active'], [standby, 'standby']] as const) {
      await until(() => shape.probe(controller, '/readyz'), ({ status, body }) => status === 200 && JSON.stringify(body) === JSON.stringify({ status: 'ready', role }));
      expect(await shape.probe(controller, '/livez')).toEqual({ status: 200, body: { status: 'live' } });
    }
  });

  it('deploys what the SDK asks for, says each stage in the stream of any server, and goes back', async () => {
    app = await client.apps.create({ title: 'Story', files: hello('one') });
    const { seen, stop } = follow({ apps: [app.id], topics: ['deployments'] });
    const first = await deploy(app, hello('one'));
    expect(first).toMatchObject({ status: 'live' });
    expect(first.stages.map(({ name }) => name)).toEqual(['queued', 'validating', 'preparing', 'starting', 'verifying', 'live']);
    await expectServed(app, 'one');
    expect(await deploy(app, hello('two'))).toMatchObject({ status: 'live' });
    await expectServed(app, 'two');
    const back = await client.deployments.untilSettled(await client.deployments.create(app.id, { revision: first.revision }));
    expect(back).toMatchObject({ status: 'live', revision: first.revision });
    await expectServed(app, 'one');
    await until(async () => seen.some((event) => event.type === 'deployment' && event.deployment.id === back.id && event.deployment.status === 'live'), Boolean);
    await stop();
  });

  it('goes on when the controller that acts is killed under deploys: the other one follows, and nothing is done twice', async () => {
    const before = await shape.epoch();
    const { apps, settled } = await beginMany('killed');
    await active.kill('SIGKILL');
    await until(async () => acts(standby), Boolean, followMs);
    await expectOnce(apps, await settled, 'killed');
    expect(await shape.epoch()).toBe(before + 1);
    [active, standby] = [standby, await shape.startController()];
    expect(standby.ready).toMatchObject({ standby: true, active: expect.stringContaining(String(active.pid)) });
  });

  it('goes on when the controller that acts freezes, and that one ends by itself when it wakes, without a word', async () => {
    const { apps, settled } = await beginMany('frozen');
    process.kill(active.pid, 'SIGSTOP');
    await until(async () => acts(standby), Boolean, followMs);
    await expectOnce(apps, await settled, 'frozen');
    // None of the calls goes to the one that cannot answer.
    for (let n = 0; n < 8; n++) expect((await client.drafts.validate(app.id, { draftVersion: (await client.drafts.read(app.id)).version })).findings).toEqual([]);
    const { seen: heard, stop } = follow({ topics: ['deployments', 'apps'] });
    await until(async () => heard.some(({ type }) => type === 'ready'), Boolean);
    process.kill(active.pid, 'SIGCONT');
    const woken = active;
    expect(await woken.ended).toBe(3);
    [active, standby] = [standby, await shape.startController()];
    expect(woken.output()).toMatch(/ends, because another one acts in its place: controller \d+ \(.+\) has taken over namespace/);
    // What it might have said would have come before this.
    expect(await deploy(app, hello('after'))).toMatchObject({ status: 'live' });
    await expectServed(app, 'after');
    const ours = new Set(apps.map(({ id }) => id));
    // How an app is may be said at any time by whoever acts; that it is on its way once more could only be the one that woke.
    const wrong = heard.filter((event) => 'appId' in event && ours.has(event.appId) && ((event.type === 'deployment' && event.deployment.status !== 'live') || (event.type === 'app' && (event.app.rollout !== 'idle' || event.app.latest?.status !== 'live'))));
    expect(wrong).toEqual([]);
    await stop();
  });

  it('is handed over at once when the controller that acts is asked to end', async () => {
    const { apps, settled } = await beginMany('handed');
    await active.kill('SIGTERM');
    expect(await active.ended).toBe(0);
    await until(async () => acts(standby), Boolean, followMs);
    await expectOnce(apps, await settled, 'handed');
    [active, standby] = [standby, await shape.startController()];
  });

  it('keeps its clients when one server is killed: they go on elsewhere, after the last id that they saw', async () => {
    const clients = Array.from({ length: 4 }, () => createClient({ baseUrl: shape.baseUrl, apiKey: shape.operatorKey }));
    const followers = clients.map((one) => follow({ apps: [app.id], topics: ['deployments'] }, one));
    const seen = followers.map((one) => one.seen);
    await until(async () => seen.every((events) => events.some(({ type }) => type === 'ready')), Boolean);
    const running = await begin(app, hello('elsewhere', 1));
    await shape.servers[0]!.kill('SIGKILL');
    expect(await client.deployments.untilSettled(running)).toMatchObject({ id: running.id, status: 'live' });
    const idsOf = (events: StreamEvent[]): string[] => events.flatMap((event) => (event.type === 'deployment' ? [event.id] : []));
    await until(async () => seen.map((events) => events.some((event) => event.type === 'deployment' && event.deployment.id === running.id && event.deployment.status === 'live')), (all) => all.every(Boolean));
    for (const events of seen) {
      expect(events.map(({ type }) => type)).not.toContain('reset');
      expect(idsOf(events), 'each once, in one order, whoever tells them').toEqual(idsOf(seen[0]!));
      expect(new Set(idsOf(events)).size).toBe(idsOf(events).length);
    }
    await Promise.all(followers.map(({ stop }) => stop()));
    for (const one of clients) one.close();
    await shape.restartServer(0);
    await expectServed(app, 'elsewhere');
  });
});
