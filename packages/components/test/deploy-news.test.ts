import type { Deployment, DeploymentStage } from '@fapi/sdk/contract';
import type { FapiDeployStatus, FapiHistory, FapiSettings } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, makeRevision, until, type Responder } from '../scenes/server/responder.ts';
import { expect, find, hear, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 10, 0, second)).toISOString();
const stages = (['queued', 'validating', 'preparing', 'starting', 'verifying', 'live'] as const).map((name, index): DeploymentStage => ({ name, startedAt: at(index), endedAt: at(index + 1), durationMs: 10 }));
const tell = (responder: Responder, change: Partial<Deployment>): void => responder.send({ type: 'deployment', id: '', appId, deployment: makeDeployment(change) });

describe('what the page is told of a deploy', () => {
  it('is after that it was taken, whoever asks for a deploy', async () => {
    const ways = {
      'fapi-history': (element: Element) => (element as FapiHistory).revert(makeRevision(1).digest),
      'fapi-settings': (element: Element) => (element as FapiSettings).deployVariables(),
    } as const;
    for (const [tag, deploy] of Object.entries(ways)) {
      const responder = makeResponder();
      const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
      const element = Object.assign(document.createElement(tag), { appId });
      status.after(element);
      const told = (['start', 'stage', 'end'] as const).map((name) => ({ name, heard: hear(document.body, `fapi-deploy-${name}`) }));
      const order: string[] = [];
      for (const { name } of told) status.parentElement!.addEventListener(`fapi-deploy-${name}`, () => order.push(name), { once: true });
      await until(() => responder.openStreams > 0 && text(status).includes('Not deployed yet') && find(element, 'h2'));
      const letGo = responder.hold(`/v1/apps/${appId}/deployments`);
      const done = deploy(element);
      await until(() => responder.seen.some(({ path }) => path.endsWith('/deployments')));
      tell(responder, { status: 'live', liveAt: at(5), stages });
      await until(() => find(status, '.headline[data-status=live]'));
      letGo();
      await done;
      expect([order, ...told.map(({ heard }) => heard.length)], [['start', 'stage', 'end'], 1, stages.length, 1]);
      document.body.replaceChildren();
    }
  });

  for (const [when, isTaken] of [['after', true], ['before', false]] as const) it(`is told here when the editor that started it has gone on to another app ${when} it was taken`, async () => {
    const ends = hear(document.body, 'fapi-deploy-end');
    const responder = makeResponder();
    const status = show<FapiDeployStatus>('fapi-deploy-status', responder);
    const editor = document.createElement('fapi-editor');
    editor.appId = appId;
    status.after(editor);
    await until(() => responder.openStreams > 0 && text(status).includes('Not deployed yet') && find(editor, '[part=deploy]'));
    const letGo = responder.hold(`/v1/apps/${appId}/deployments`);
    const deploying = editor.deploy();
    await until(() => responder.seen.some(({ path }) => path.endsWith('/deployments')));
    if (isTaken) letGo();
    if (isTaken) await deploying;
    editor.appId = 'app_other';
    await editor.updateComplete;
    letGo();
    await deploying;
    await until(() => responder.urls.some(({ pathname, search }) => pathname === '/v1/events' && search.includes('app_other')) && responder.openStreams > 0);
    tell(responder, { status: 'live', liveAt: at(5), stages, draftVersion: 1 });
    await until(() => find(status, '.headline[data-status=live]'));
    expect(ends.length, 1);
  });
});
