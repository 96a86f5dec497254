import type { Deployment } from '@fapi/sdk/contract';
import type { FapiDeployStatus } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, hear, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const changed = { code: true, environment: false, dependencies: false, settings: false };
const failure = { phase: 'running', class: 'crashed', message: 'The process exited with code 7.', exitCode: 7, frames: [{ file: 'main.py', line: 1, source: 'os._exit(7)' }], output: [] } as const;
const left = makeDeployment({ id: 'dep_2', generation: 2, status: 'failed', reason: 'rolled_back', liveAt: '2026-11-24T10:00:00.000Z', failure: { ...failure, frames: [...failure.frames], output: [] } });
const again = makeDeployment({ id: 'dep_3', generation: 3, status: 'live', trigger: 'rollback', draftVersion: 0 });

describe('fapi-deploy-status after a rollback', () => {
  async function open(deployments: Deployment[], app: Parameters<typeof makeResponder>[1] = {}): Promise<FapiDeployStatus> {
    const status = show<FapiDeployStatus>('fapi-deploy-status', Object.assign(makeResponder(undefined, { latest: again, live: again, health: 'running', freshness: 'not_deployed', changes: changed, ...app }), { deployments }));
    await until(() => find(status, '.headline'));
    return status;
  }

  it('says what failed and where, though what is live is well, and leads to the line and back to the live files', async () => {
    const status = await open([again, left]);
    const card = await until(() => find(status, '.failure'));
    expect(find(status, '.headline')!.textContent!.trim(), 'Rolled back, live again');
    expect(card.textContent!.includes('Deploy 2 failed after going live and was rolled back. What was live before it is live again.'), true);
    expect(card.getAttribute('part'), 'failure');
    const opened = hear(document.body, 'fapi-open-location');
    find<HTMLElement>(status, '.frames button')!.click();
    expect(opened, [{ appId, file: 'main.py', line: 1, column: 1 }]);
    expect(text(status).includes('Put the live files back'), true);
    await hasNoViolations(status);
  });

  it('says by which answers it was judged where there is no report', async () => {
    const status = await open([again, makeDeployment({ ...left, failure: undefined, message: '12 of 20 answers were 5xx' })]);
    await until(() => text(status).includes('12 of 20 answers were 5xx'));
  });

  it('is over for who has what is live in the draft', async () => {
    const status = await open([again, left], { freshness: 'up_to_date', changes: { ...changed, code: false } });
    expect((await until(() => find(status, '.failure'))).getAttribute('part'), 'past');
  });

  it('says nothing of what another one was live after', async () => {
    let reads = 0;
    const later = makeDeployment({ id: 'dep_4', generation: 4, status: 'live', trigger: 'rollback' });
    const responder = Object.defineProperty(makeResponder(undefined, { latest: later, live: later, health: 'running' }), 'deployments', { get: () => {
      reads += 1;
      return [later, makeDeployment({ id: 'dep_3', generation: 3, status: 'stopped', liveAt: '2026-11-24T11:00:00.000Z' }), left];
    } });
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    await until(() => reads > 0 && find(status, '.headline'));
    await until(() => new Promise((resolve) => requestAnimationFrame(() => resolve(true))));
    await status.updateComplete;
    expect([find(status, '.failure'), find(status, '.headline')!.textContent!.includes('Rolled back')], [null, false]);
  });

  it('says nothing of it of any other deployment', async () => {
    const status = await open([left], { latest: makeDeployment({ ...again, trigger: 'deploy' }) });
    expect([find(status, '.failure'), find(status, '.headline')!.textContent!.includes('Rolled back')], [null, false]);
  });
});
