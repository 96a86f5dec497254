import { createClient, type FapiClient } from '@fapi/sdk';
import type { Deployment } from '@fapi/sdk/contract';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { startSteadyClient } from '../steady-client.ts';
import type { System } from '../system.ts';
import { until, visit } from '../visit.ts';
import { makeCode, type Moment, stages } from './moments.ts';
import type { Random } from './random.ts';
import { type LedgerReport, startLedger } from './ledger.ts';
import { type DurableEvent, readAfter, type Recorder, startRecorder } from './recorder.ts';
import { makeWriter } from './writer.ts';

const unsettled = ['queued', 'validating', 'preparing', 'starting', 'verifying'];
const settleMs = 150_000;
/** So long a visitor may be without the agent or the gateway: a second, and more on a machine that has much to do. */
const gapMs = 20_000;
/** Rounds from one look into the ledger to the next. */
const ledgerEvery = 10;
const quietRounds = 25;

export interface CampaignReport { kills: number; answered: number; saves: number; deployments: number; byStatus: Record<string, number>; killedAt: Record<string, number>; victims: Record<string, number>; ledger: LedgerReport }

/** Kills the system at each moment while a client asks the app and a writer saves, and holds it to its word after each restart. */
export async function runCampaign(system: System, moments: readonly Moment[], random: Random): Promise<CampaignReport> {
  const client = createClient({ baseUrl: system.baseUrl, apiKey: system.operatorKey });
  const first: Moment = { victim: 'server', stage: 'live', delayMs: 0, code: 'good', importMs: 0, startMs: 0 };
  const app = await client.apps.create({ title: 'Campaign', files: [{ path: 'main.py', content: makeCode('first', first) }] });
  const deployed = await client.deployments.untilSettled(await client.deployments.create(app.id, { draftVersion: app.draftVersion }));
  expect(deployed.status).toBe('live');
  /** What the app answers with, by revision, and what the server has said yes to. */
  const words = new Map([[deployed.revision, 'first']]);
  const acknowledged = new Map<string, Deployment>([[deployed.id, deployed]]);
  const killedAt: Record<string, number> = {};
  const victims: Record<string, number> = {};
  const writer = await makeWriter(client);
  const recorder = startRecorder(client, app.id);
  const steady = startSteadyClient(system.gatewayPort, app.url, 5);
  const ledger = startLedger(system, client, random.seed);
  let kept: LedgerReport | undefined;
  let stopped: Awaited<ReturnType<typeof steady.stop>>;
  try {
    // Before its stream is open, nothing has been seen that could be lost.
    await recorder.first((event) => event.type === 'deployment' && event.deployment.status === 'live');
    for (const [index, moment] of moments.entries()) {
      const word = `word ${index}`;
      await killAt(moment, word, `${random.seed}-${index}`).catch((cause: unknown) => {
        throw new Error(`moment ${index} of seed ${random.seed}: ${JSON.stringify(moment)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      });
      victims[moment.victim] = (victims[moment.victim] ?? 0) + 1;
      if (index % ledgerEvery === ledgerEvery - 1) kept = await ledger.check();
      if (moments.length > quietRounds) console.log(`${index + 1} of ${moments.length}: ${moment.victim} at ${moment.stage}, ${JSON.stringify(kept ?? {})}`);
    }
    kept = await ledger.check();
    await ledger.stop();
    await recorder.stop();
  } finally {
    await ledger.stop();
    stopped = await steady.stop();
    await recorder.stop().catch(() => undefined);
    client.close();
  }
  const { answered, failures } = stopped;
  expect(failures, `failed requests of the steady client, seed ${random.seed}`).toEqual([]);
  expect(answered).toBeGreaterThan(moments.length * 10);
  const byStatus: Record<string, number> = {};
  for (const { status } of acknowledged.values()) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return { kills: moments.length, answered, saves: writer.acknowledged, deployments: acknowledged.size, byStatus, killedAt, victims, ledger: kept };

  async function killAt(moment: Moment, word: string, key: string): Promise<void> {
    const { version } = await client.drafts.read(app.id);
    const ask = (signal?: AbortSignal): Promise<Deployment> => client.deployments.create(app.id, { draftVersion: version, patch: { put: [{ path: 'main.py', content: makeCode(word, moment) }] } }, { idempotencyKey: key, ...(signal ? { signal } : {}) });
    const killing = new AbortController();
    const writing = writer.writeUntil(killing.signal);
    const asking = ask(killing.signal).catch(() => undefined);
    if (moment.stage !== 'asked') {
      const known = await asking;
      if (!known) throw new Error('the deploy was refused before the kill');
      acknowledge(known, word);
      if (moment.stage !== 'answered') await recorder.first((event) => hasReached(event, known.id, moment.stage));
    }
    await pause(moment.delayMs);
    const seen = structuredClone(recorder.events);
    const reached = moment.stage === 'asked' ? 'asked' : statusOf(seen, [...acknowledged.values()].at(-1)!.id);
    killedAt[reached] = (killedAt[reached] ?? 0) + 1;
    const isVisible = moment.victim === 'agent' || moment.victim === 'gateway';
    const fall = async (): Promise<void> => {
      await system.kill(moment.victim);
      killing.abort();
      await Promise.all([writing, asking]);
      // The app does not need the control plane. With its agent it ends, and who asks then waits for it; with the gateway its visitors do. Both come back by themselves.
      if (isVisible) await until(() => visit(system.gatewayPort, app.url), ({ status }) => status === 200, gapMs);
      else expect((await visit(system.gatewayPort, app.url)).status).toBe(200);
      await system.restart();
      await until(() => client.health.ready(), ({ status }) => status === 'ready');
    };
    if (moment.victim === 'agent') steady.excuseOpen();
    if (moment.victim === 'gateway') await steady.excuse(fall);
    else await fall();
    // A click that had no answer is sent again with its key: one deployment, whether the first try arrived or not.
    acknowledge(await until(() => ask(), () => true), word);
    await writer.check();
    await checkTruth(moment, word);
    await checkEvents(recorder, seen);
    await checkProcesses();
  }

  function acknowledge(deployment: Deployment, word: string): void {
    const known = acknowledged.get(deployment.id);
    if (known) expect(deployment).toMatchObject({ id: known.id, generation: known.generation, revision: known.revision });
    acknowledged.set(deployment.id, deployment);
    words.set(deployment.revision, word);
  }

  async function checkTruth(moment: Moment, word: string): Promise<void> {
    const all = await until(() => listDeployments(client, app.id), (list) => list.every(({ status }) => !unsettled.includes(status)), settleMs);
    expect(all.map(({ id }) => id).toSorted(), 'every acknowledged deployment is there, and no other').toEqual([...acknowledged.keys()].toSorted());
    for (const deployment of all) {
      const { generation, revision } = acknowledged.get(deployment.id)!;
      expect(deployment).toMatchObject({ generation, revision });
      acknowledged.set(deployment.id, deployment);
    }
    const newest = all.toSorted((a, b) => b.generation - a.generation)[0]!;
    const isLost = moment.victim === 'agent' && newest.status === 'failed' && newest.reason === 'runner_lost';
    if (!isLost) expect(newest.status, JSON.stringify(newest)).toBe(moment.code === 'broken' ? 'failed' : 'live');
    if (moment.code === 'broken' && !isLost) expect(newest).toMatchObject({ reason: 'import_failed', failure: { type: 'ZeroDivisionError' } });
    expect(all.filter(({ status }) => status === 'live')).toHaveLength(1);
    const now = await until(() => client.apps.read(app.id), ({ health, rollout }) => health === 'running' && rollout !== 'working', settleMs);
    const answer = await visit(system.gatewayPort, app.url);
    expect(answer).toMatchObject({ status: 200, revision: now.live?.revision });
    expect(JSON.parse(answer.body)).toBe(words.get(now.live!.revision));
    if (moment.code === 'good' && !isLost) expect(JSON.parse(answer.body)).toBe(word);
  }

  /** What was seen before the kill is what a reader is given after it, from the start and from any place. */
  async function checkEvents({ events }: Recorder, seen: readonly DurableEvent[]): Promise<void> {
    const last = seen.at(-1)!;
    expect(await readAfter(system, app.id, '0', last.id)).toEqual(seen);
    const from = random.below(seen.length - 1);
    expect(await readAfter(system, app.id, seen[from]!.id, last.id)).toEqual(seen.slice(from + 1));
    const newest = [...acknowledged.values()].toSorted((a, b) => b.generation - a.generation)[0]!;
    await recorder.first((event) => event.type === 'deployment' && event.deployment.id === newest.id && event.deployment.status === newest.status);
    const ids = events.map(({ id }) => Number(id));
    expect(ids, 'ids grow, and none comes twice').toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    expect(events.slice(0, seen.length)).toEqual(seen);
  }

  async function checkProcesses(): Promise<void> {
    const count = (commands: readonly string[], text: string): number => commands.filter((command) => command.includes(text)).length;
    await until(async () => (await system.processes()).map(({ command }) => command), (commands) => count(commands, 'fapi_runner agent') === 1 && count(commands, 'gateway/main.ts') === 1);
  }
}

function statusOf(events: readonly DurableEvent[], deploymentId: string): string {
  const last = events.findLast((event) => event.type === 'deployment' && event.deployment.id === deploymentId);
  return last?.type === 'deployment' ? last.deployment.status : 'not announced';
}

function hasReached(event: DurableEvent, deploymentId: string, stage: Moment['stage']): boolean {
  if (event.type !== 'deployment' || event.deployment.id !== deploymentId) return false;
  const { status } = event.deployment;
  return !unsettled.includes(status) || stages.indexOf(status as Moment['stage']) >= stages.indexOf(stage);
}

async function listDeployments(client: FapiClient, appId: string): Promise<Deployment[]> {
  const all: Deployment[] = [];
  for await (const deployment of client.deployments.list(appId, { limit: 100 })) all.push(deployment);
  return all;
}
