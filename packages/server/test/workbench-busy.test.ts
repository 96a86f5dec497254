import { CallRefusedError } from '@fapi/runner-controller/work';
import { expect, it } from 'vitest';
import { startSystem } from './parts/system.ts';

it('says workbench_busy, and when to ask again, when whoever validates has no room', async () => {
  const system = await startSystem();
  const app = (await system.call('/v1/apps', { method: 'POST', body: { title: 'Busy' } })).json;
  const stop = new AbortController();
  const serving = system.bus.calls.serve(async () => {
    throw new CallRefusedError('workbench_busy', 'every workbench is in use');
  }, stop.signal);
  for (const path of ['validate', 'test']) {
    const answer = await system.call(`/v1/apps/${app.id}/${path}`, { method: 'POST', body: { draftVersion: 1 } });
    expect([answer.json, answer.headers.get('retry-after')]).toMatchObject([{ status: 503, code: 'workbench_busy', detail: 'every workbench is in use' }, '5']);
  }
  stop.abort();
  await serving;
  await system.stop();
});
