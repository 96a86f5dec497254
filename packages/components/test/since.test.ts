import { appId, makeDeployment, makeResponder, until } from '../scenes/server/responder.ts';
import { expect, find, show } from './show.ts';

describe('when and by whom', () => {
  afterEach(() => document.body.replaceChildren());

  const hour = 3_600_000;
  const ago = (hours: number): string => new Date(Date.now() - hours * hour).toISOString();

  it('the draft was saved and the app went live stands under the files, and moves on with what the stream tells', async () => {
    const live = makeDeployment({ status: 'live', createdBy: 'ben', liveAt: ago(3) });
    const responder = makeResponder(undefined, { draftSavedAt: ago(2), draftSavedBy: 'ann', live, latest: live });
    const editor = show('fapi-editor', responder);
    const lines = (): string[] => [...find(editor, '.since')?.querySelectorAll('p') ?? []].map(({ textContent }) => textContent!.replace(/\s+/g, ' ').trim());
    await until(() => lines().length > 0);
    expect(lines(), ['saved 2 hours ago by ann', 'deployed 3 hours ago by ben']);
    expect(find(editor, '.since time')!.title !== '', true);
    const app = await responder.client.apps.read(appId);
    responder.send({ type: 'app', id: '', appId, app: { ...app, draftSavedAt: ago(1), draftSavedBy: 'cem' } });
    await until(() => lines()[0] === 'saved 1 hour ago by cem');
  });

  it('somebody went back to what is live is no deploy of the draft', async () => {
    const live = makeDeployment({ status: 'live', trigger: 'revert', createdBy: 'ben', liveAt: ago(3) });
    const editor = show('fapi-editor', makeResponder(undefined, { draftSavedAt: ago(2), live, latest: live }));
    await until(() => find(editor, '.since')?.textContent?.replaceAll(/\s+/g, ' ').includes('reverted 3 hours ago by ben'));
  });

  it('an app was saved is all there is before its first deploy', async () => {
    const editor = show('fapi-editor', makeResponder(undefined, { draftSavedAt: ago(2), draftSavedBy: 'ann' }));
    await until(() => find(editor, '.since'));
    expect(find(editor, '.since')!.querySelectorAll('p').length, 1);
    document.body.replaceChildren();
    const failed = show('fapi-editor', makeResponder(undefined, { draftSavedAt: ago(2), draftSavedBy: 'ann', latest: makeDeployment({ status: 'failed', createdBy: 'ben' }) }));
    await until(() => find(failed, '.since'));
    expect(find(failed, '.since')!.querySelectorAll('p').length, 1);
  });
});
