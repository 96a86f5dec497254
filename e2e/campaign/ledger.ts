import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FapiClient } from '@fapi/sdk';
import type { App, Deployment } from '@fapi/sdk/contract';
import { expect } from 'vitest';
import type { System } from '../system.ts';
import { until, visit } from '../visit.ts';

export interface LedgerReport { creates: number; saves: number; environments: number; deploys: number }

export interface Ledger {
  /** Lets the writers finish what they ask for, compares everything that is there with every yes that was given, and lets them go on. */
  check(): Promise<LedgerReport>;
  stop(): Promise<void>;
}

interface Account { title: string; version: number; content: string | undefined; environment: { version: number; value: string | undefined }; deployments: { id: string; generation: number; revision: string; word: string }[]; saves: number }

const ended = ['live', 'failed', 'cancelled', 'superseded', 'stopped'];

/** Starts the writers in a process of their own, and keeps their yeses. */
export function startLedger(system: System, client: FapiClient, seed: number): Ledger {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'ledger-program.ts')], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, LEDGER_URL: system.baseUrl, LEDGER_KEY: system.operatorKey, LEDGER_SEED: String(seed) } });
  const accounts = new Map<string, Account>();
  const report: LedgerReport = { creates: 0, saves: 0, environments: 0, deploys: 0 };
  const violations: string[] = [];
  let pauses = 0;
  createInterface({ input: child.stdout! }).on('line', (text) => {
    const line = JSON.parse(text);
    const account = accounts.get(line.app)!;
    if (line.violation) violations.push(line.violation);
    if (line.did === 'pause') pauses += 1;
    if (line.did === 'create') {
      report.creates += 1;
      accounts.set(line.app, { title: line.title, version: 1, content: undefined, environment: { version: 0, value: undefined }, deployments: [], saves: 0 });
    }
    if (line.did === 'save') {
      report.saves += 1;
      account.saves += 1;
      Object.assign(account, { version: line.version, content: line.content });
    }
    if (line.did === 'environment') {
      report.environments += 1;
      if (line.version !== account.environment.version + 1) violations.push(`an environment went from version ${account.environment.version} to ${line.version}`);
      account.environment = { version: line.version, value: line.value };
    }
    if (line.did === 'deploy') {
      report.deploys += 1;
      account.saves += 1;
      account.version = line.version;
      account.deployments.push({ id: line.deployment, generation: line.generation, revision: line.revision, word: line.word });
    }
  });

  const checkApp = async (app: App, account: Account): Promise<void> => {
    const draft = await client.drafts.read(app.id);
    expect({ version: draft.version, title: app.title }, `${account.title}: as many versions as saves were answered`).toEqual({ version: account.saves + 1, title: account.title });
    if (account.content !== undefined) expect(draft.files, `${account.title}: what was saved last`).toEqual([{ path: 'main.py', content: account.content }]);
    const environment = await client.environment.read(app.id);
    expect({ version: environment.version, value: environment.variables[0]?.value }, `${account.title}: environment`).toEqual(account.environment);
    const deployments = await until(() => listDeployments(client, app.id), (all) => all.every(({ status }) => ended.includes(status)), 150_000);
    const asked = account.deployments.toReversed();
    // The server's own (after a runner's rollback) are by `system`.
    expect(deployments.filter(({ createdBy }) => createdBy !== 'system').map(({ id, generation, revision }) => ({ id, generation, revision })), `${account.title}: deployments`).toEqual(asked.map(({ id, generation, revision }) => ({ id, generation, revision })));
    expect(deployments.filter(({ status }) => status === 'live').length, `${account.title}: live`).toBeLessThanOrEqual(1);
    const { live } = await client.apps.read(app.id);
    if (!live) return;
    const word = account.deployments.find(({ revision }) => revision === live.revision)!.word;
    await until(() => visit(system.gatewayPort, app.url), (answer) => answer.status === 200 && answer.revision === live.revision && JSON.parse(answer.body) === word, 60_000);
  };
  return {
    async check() {
      const before = pauses;
      child.stdin!.write('pause\n');
      await until(async () => pauses, (now) => now > before || violations.length > 0, 90_000);
      expect(violations).toEqual([]);
      const apps: App[] = [];
      for await (const app of client.apps.list({ limit: 100 })) if (accounts.has(app.id) || /^(Ann|Ben|Keeper|Dan|Eve) \d+$/.test(app.title)) apps.push(app);
      expect(apps.map(({ id }) => id).toSorted(), 'every app that was answered, once, and no other').toEqual([...accounts.keys()].toSorted());
      for (const app of apps) await checkApp(app, accounts.get(app.id)!);
      child.stdin!.write('resume\n');
      return { ...report };
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const over = once(child, 'exit');
      child.kill('SIGKILL');
      await over;
    },
  };
}

async function listDeployments(client: FapiClient, appId: string): Promise<Deployment[]> {
  const all: Deployment[] = [];
  for await (const deployment of client.deployments.list(appId, { limit: 100 })) all.push(deployment);
  return all;
}
