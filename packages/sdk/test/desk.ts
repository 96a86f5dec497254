import { onTestFinished } from 'vitest';
import type { App, FapiClient } from '@fapi/sdk';
import { type AppSnapshot, type AppStore, createWorkspace, type Workspace } from '@fapi/sdk/workspace';
import { type System, until } from '../../server/test/parts/system.ts';
import { type Gate, startGate } from './gate.ts';
import { client } from './on-stage.ts';

/** A page with one app open, a gate between it and the real server, and `other`: somebody else with the same rights. */
export interface Desk { app: App; store: AppStore; workspace: Workspace; page: FapiClient; other: FapiClient; gate: Gate; release(): void; see(accept: (snapshot: AppSnapshot) => boolean, timeoutMs?: number): Promise<AppSnapshot> }

export const first = [{ path: 'b.py', content: 'b = 1\n' }, { path: 'main.py', content: 'a = 1\n' }];

export async function openDesk(system: System): Promise<Desk> {
  const gate = await startGate(system.server.url);
  const other = client({ baseUrl: system.server.url, apiKey: system.server.operatorKey });
  const page = client({ baseUrl: gate.url, apiKey: system.server.operatorKey });
  const app = await other.apps.create({ title: 'App', files: first });
  const workspace = createWorkspace(page);
  const { store, release } = workspace.acquire(app.id);
  onTestFinished(release);
  const see: Desk['see'] = (accept, timeoutMs) => until(() => store.snapshot, accept, timeoutMs);
  await see(({ load, connection }) => load === 'ready' && connection === 'live');
  return { app, store, workspace, page, other, gate, release, see };
}

export const textOf = ({ files }: Pick<AppSnapshot, 'files'>, path = 'main.py'): string | undefined => files.find((file) => file.path === path)?.content;
