import type { App, Deployment } from '@fapi/sdk/contract';
import { appWords, english } from '../src/index.ts';
import { appId, makeDeployment } from '../scenes/server/responder.ts';
import { expect } from './show.ts';

const at = '2026-11-24T10:00:00.000Z';
const live = makeDeployment({ id: 'dep_3', generation: 3, draftVersion: 3, status: 'live', liveAt: at });
const failed = makeDeployment({ id: 'dep_4', generation: 4, draftVersion: 4, status: 'failed', reason: 'import_failed', endedAt: at });
const queued = makeDeployment({ id: 'dep_4', generation: 4, draftVersion: 4 });
const same = { code: false, environment: false, dependencies: false, settings: false };
const never: App = { id: appId, title: 'Hello', host: 'hello', url: 'http://hello/', createdAt: at, createdBy: 'me', labels: [], draftVersion: 4, draftSavedAt: at, settings: { exclusive: false, idleFreezeS: null, idleStopS: null, rollbackOn5xx: null }, freshness: 'never_deployed', changes: same, rollout: 'idle', health: 'unknown' };
const running: App = { ...never, freshness: 'up_to_date', health: 'running', live, latest: live };
const behind: App = { ...running, freshness: 'not_deployed', changes: { ...same, code: true } };
const trouble = { phase: 'running', class: 'stalled', message: 'blocked', frames: [], output: [] } as const;

/** Health with what serves, rollout, draft; shapes before their words. */
const table: readonly [fact: string, app: App | undefined, deployment: Deployment | undefined, isDirty: boolean, words: readonly [string, string, string]][] = [
  ['no app is known', undefined, undefined, false, ['idle Unknown', '', '']],
  ['nothing was ever deployed', never, undefined, false, ['idle Never deployed', '', '']],
  ['nothing was ever deployed, and something is typed', never, undefined, true, ['idle Never deployed', '', 'Unsaved changes']],
  ['the first deploy is on its way', { ...never, rollout: 'working', latest: queued }, queued, false, ['', 'working Deploying', '']],
  ['the first deploy failed', { ...never, rollout: 'failed', latest: failed }, failed, false, ['idle Not live', 'failed Last deploy failed', '']],
  ['the draft is live', running, live, false, ['live Live, deploy 3', '', 'Up to date']],
  ['the draft has moved on', behind, live, false, ['live Live, deploy 3', '', 'Draft not deployed']],
  ['a variable has changed and nothing else', { ...behind, changes: { ...same, environment: true } }, live, false, ['live Live, deploy 3', '', 'Variables not deployed']],
  ['a setting has changed and nothing else', { ...behind, changes: { ...same, settings: true } }, live, false, ['live Live, deploy 3', '', 'Settings not deployed']],
  ['something is typed', running, live, true, ['live Live, deploy 3', '', 'Unsaved changes']],
  ['the last deploy failed, and the one before serves', { ...behind, rollout: 'failed', latest: failed }, failed, false, ['live Live, deploy 3', 'failed Last deploy failed', 'Draft not deployed']],
  ['a deploy of an earlier draft failed, and the draft is what is live again', { ...running, draftVersion: 5, rollout: 'failed', latest: failed }, failed, false, ['live Live, deploy 3', '', 'Up to date']],
  ['the deploy of what is live failed when it was asked for again', { ...running, rollout: 'failed', latest: failed }, failed, false, ['live Live, deploy 3', 'failed Last deploy failed', 'Up to date']],
  ['a deploy has failed of which the app is not told yet', behind, failed, false, ['live Live, deploy 3', 'failed Last deploy failed', 'Draft not deployed']],
  ['a deploy is on its way over what serves', { ...behind, rollout: 'working', latest: queued }, queued, false, ['live Live, deploy 3', 'working Deploying', 'Draft not deployed']],
  ['a deploy went live of which the app is not told yet', { ...behind, rollout: 'working', latest: queued }, { ...queued, status: 'live', liveAt: at }, false, ['live Live, deploy 4', '', 'Up to date']],
  ['a newer deploy than the known one is on its way', { ...behind, rollout: 'working', latest: { ...queued, generation: 5 } }, failed, false, ['live Live, deploy 3', 'working Deploying', 'Draft not deployed']],
  ['it sleeps', { ...running, health: 'asleep' }, live, false, ['asleep Asleep, deploy 3', '', 'Up to date']],
  ['it crashed after a failed deploy', { ...behind, health: 'crashed', rollout: 'failed', latest: failed }, failed, false, ['failed Crashed, deploy 3', 'failed Last deploy failed', 'Draft not deployed']],
  ['it crashes again and again', { ...running, health: 'crashed', isCrashLooping: true }, live, false, ['failed Keeps crashing, deploy 3', '', 'Up to date']],
  ['it does not answer', { ...running, trouble: { ...trouble, frames: [], output: [] } }, live, false, ['failed Not answering, deploy 3', '', 'Up to date']],
  ['nobody knows how what is live is', { ...running, health: 'unknown' }, live, false, ['idle Unknown, deploy 3', '', 'Up to date']],
  ['what failed was rolled back', { ...running, latest: { ...live, trigger: 'rollback' }, freshness: 'not_deployed', changes: { ...running.changes, code: true } }, undefined, false, ['live Live, deploy 3', 'failed Rolled back', 'Draft not deployed']],
  ['what was rolled back is out of the draft too', { ...running, latest: { ...live, trigger: 'rollback' } }, undefined, false, ['live Live, deploy 3', '', 'Up to date']],
  ['it was stopped', { ...never, health: 'stopped', latest: { ...live, status: 'stopped' } }, undefined, false, ['idle Stopped', '', '']],
  ['it is suspended', { ...never, suspended: { at, by: 'operator', scope: 'app' } as unknown as NonNullable<App['suspended']>, health: 'stopped' }, undefined, false, ['idle Suspended', '', '']],
];

describe('the words of an app', () => {
  it('do not say that a draft is live which was saved, or is on its way, since the app was told of', () => {
    for (const deployment of [live, { ...queued, draftVersion: 5 }]) expect(appWords({ app: running, deployment, draftVersion: 5, strings: english, locale: 'en' }).draft, 'Draft not deployed');
  });

  for (const [fact, app, deployment, isDirty, words] of table) {
    it(`say what is so when ${fact}`, () => {
      const { health, serving, rollout, draft } = appWords({ app, deployment, isDirty, strings: english, locale: 'en' });
      const said = health ? `${health.shape} ${health.word}` : '';
      expect([said + (serving === undefined ? '' : `, ${serving}`), rollout ? `${rollout.shape} ${rollout.word}` : '', draft ?? ''], words);
    });
  }
});
