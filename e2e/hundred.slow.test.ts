import { setTimeout as pause } from 'node:timers/promises';
import { createClient, type FapiClient } from '@fapi/sdk';
import type { App, AppFile, Deployment } from '@fapi/sdk/contract';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toAppName, toLabel } from '../packages/runner-controller/src/runtime/kubernetes/objects/names.ts';
import { makeRandom } from './campaign/random.ts';
import { type KubernetesShape, startKubernetes } from './shapes/kubernetes.ts';
import { until } from './visit.ts';

const apps = 100;
/** Each of them is a Python that starts: what two cores bear. */
const atOnce = 8;
const killsOfEach = 4;
const victims = ['controller', 'nats', 'pod', 'agent', 'api server'] as const;
const patienceMs = 120_000;

/** It counts its starts in its folder, which is its pod's. */
const program = (word: string, isBroken: boolean): AppFile[] => [{ path: 'main.py', content: `from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
${isBroken ? '\nraise RuntimeError("broken on purpose")\n' : ''}
starts = Path("starts.txt")


@asynccontextmanager
async def lifespan(app):
    with starts.open("a") as file:
        file.write("${word}\\n")
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
def read_root():
    return {"word": "${word}", "starts": starts.read_text().split()}
` }];

interface Story { app: App; deployments: Deployment[]; words: Map<string, string>; isBroken: boolean; isDeleted: boolean }

describe('a hundred apps that deploy while everything is killed', () => {
  let shape: KubernetesShape;
  let client: FapiClient;
  beforeAll(async () => {
    shape = await startKubernetes();
    await Promise.all([shape.startController(), shape.startController()]);
    client = createClient({ baseUrl: shape.baseUrl, apiKey: shape.operatorKey });
  });
  afterAll(async () => {
    client?.close();
    await shape?.stop();
  });

  const random = makeRandom();
  /** Pods that were hit: what they start anew is no double. */
  const hit = new Set<string>();
  const counts: Record<string, number> = {};
  const pick = async (): Promise<V1Pod | undefined> => {
    const pods = await shape.listAppPods();
    const pod = pods.length > 0 ? random.pick(pods) : undefined;
    if (pod) hit.add(pod.metadata!.uid!);
    return pod;
  };
  const strike: Record<(typeof victims)[number], () => Promise<unknown>> = {
    controller: () => shape.killActive(),
    async nats() {
      await shape.nats.kill();
      await pause(random.below(1_500));
      await shape.nats.restart();
    },
    async pod() {
      const pod = await pick();
      if (pod) await shape.cluster.remove('Pod', pod.metadata!.name!);
    },
    async agent() {
      const pod = await pick();
      // One that has not begun to run has nothing that could be killed.
      if (pod) await shape.testCluster.own!.node.killPod(pod.metadata!.namespace!, pod.metadata!.name!).catch(() => undefined);
    },
    'api server': () => shape.testCluster.own!.restartApiServer(),
  };
  const killAll = async (isOver: () => boolean): Promise<void> => {
    for (const victim of random.shuffle(victims.flatMap((one) => Array.from({ length: killsOfEach }, () => one)))) {
      await pause(500 + random.below(3_000));
      if (isOver()) throw new Error('the deploys were over before the kills');
      await strike[victim]();
      counts[victim] = (counts[victim] ?? 0) + 1;
    }
  };

  const deploy = async ({ app, deployments, words, isBroken }: Story, word: string): Promise<void> => {
    const { version } = await client.drafts.read(app.id);
    const begun = await client.deployments.create(app.id, { draftVersion: version, patch: { put: program(word, isBroken), remove: [] } });
    words.set(begun.revision, word);
    deployments.push(await client.deployments.untilSettled(begun));
  };
  /** Every fourth one is deployed twice, every tenth is broken, and every second one is deleted again. */
  const tell = async (at: number): Promise<Story> => {
    const story: Story = { app: await client.apps.create({ title: `App ${at}`, files: program('none', false) }), deployments: [], words: new Map(), isBroken: at % 10 === 8, isDeleted: at % 2 === 1 };
    await deploy(story, `${at}.1`);
    if (at % 4 === 0) await deploy(story, `${at}.2`);
    if (story.isDeleted) await client.apps.delete(story.app.id);
    return story;
  };

  it(`ends true for each of them (seed ${random.seed})`, async () => {
    console.log(`FAPI_SEED=${random.seed}`);
    const stories: Story[] = [];
    let next = 0;
    const work = async (): Promise<void> => {
      for (let at = next++; at < apps; at = next++) stories.push(await tell(at));
    };
    await Promise.all([killAll(() => stories.length === apps), ...Array.from({ length: atOnce }, work)]);
    const tally: Record<string, number> = {};
    for (const { deployments } of stories) for (const { status, reason } of deployments) tally[`${status} ${reason ?? ''}`.trim()] = (tally[`${status} ${reason ?? ''}`.trim()] ?? 0) + 1;
    console.log(JSON.stringify({ counts, tally, hit: hit.size, epoch: await shape.epoch() }));

    for (const { deployments, isBroken, app } of stories) {
      for (const { status, reason, message } of deployments) {
        if (status === 'live' && !isBroken) continue;
        expect({ app: app.title, status, hasReason: reason !== undefined, hasMessage: (message ?? '').length > 10 }).toEqual({ app: app.title, status: 'failed', hasReason: true, hasMessage: true });
        if (isBroken && reason === 'import_failed') expect(message).toContain('broken on purpose');
      }
    }
    // Whoever was hit may have lost; most have not.
    const good = stories.filter(({ isBroken }) => !isBroken);
    expect(good.filter(({ deployments }) => deployments.at(-1)!.status === 'live').length).toBeGreaterThan(good.length * 0.8);

    const left = stories.filter(({ isDeleted }) => !isDeleted);
    await Promise.all(left.map(checkLeft));
    // Nobody's pod is left, and nobody has two.
    const owners = await until(async () => (await shape.listAppPods()).map(({ metadata }) => `${metadata!.labels!['fapi.dev/app']} ${metadata!.ownerReferences?.[0]?.name}`), (all) => {
      const known = left.map(({ app }) => `${toLabel(app.id)} ${toAppName(app.id)}`);
      return new Set(all).size === all.length && all.every((one) => known.includes(one));
    }, patienceMs);
    expect(owners.length).toBeLessThanOrEqual(left.length);
    for (const controller of shape.controllers) if (!controller.isAlive()) expect(['SIGKILL', 3]).toContain(await controller.ended);
    expect(counts).toEqual(Object.fromEntries(victims.map((victim) => [victim, killsOfEach])));
  });

  /** As many deployments as were asked for, the newest true, and what serves is what is said to be live. */
  const checkLeft = async ({ app, deployments, words }: Story): Promise<void> => {
    const { items } = await client.deployments.list(app.id);
    const asked = items.filter(({ createdBy }) => createdBy !== 'system');
    expect(asked.map(({ id }) => id).toSorted(), app.title).toEqual(deployments.map(({ id }) => id).toSorted());
    expect(items.filter(({ status }) => status === 'live').length, app.title).toBeLessThanOrEqual(1);
    const { live } = await client.apps.read(app.id);
    if (!live) return;
    const word = words.get(live.revision)!;
    const [answer] = await until(() => shape.visit(app), (answers) => answers.length === 1 && (answers[0]!.body as { word?: unknown } | undefined)?.word === word, patienceMs);
    await until(() => client.apps.read(app.id), ({ health }) => health === 'running', patienceMs);
    const [pod, ...others] = await until(() => shape.podsOf(app.id), (pods) => pods.length === 1, patienceMs);
    expect(others).toEqual([]);
    const { starts } = answer!.body as { starts: string[] };
    // Each generation was started once, whoever was in charge.
    if (!hit.has(pod!.metadata!.uid!) && items.length === asked.length) expect(starts, `${app.title} in ${pod!.metadata!.name}`).toEqual([...new Set(starts)]);
  };
});
