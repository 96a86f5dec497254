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
    responder.send({ type: 'app', id: '', appId, app: { ...app, draftSavedAt: ago(1.1), draftSavedBy: 'cem' } });
    await until(() => lines()[0] === 'saved 1 hour ago by cem');
  });

  it('somebody went back to what is live is no deploy of the draft', async () => {
    const live = makeDeployment({ status: 'live', trigger: 'revert', createdBy: 'ben', liveAt: ago(3) });
    const editor = show('fapi-editor', makeResponder(undefined, { draftSavedAt: ago(2), live, latest: live }));
    await until(() => find(editor, '.since')?.textContent?.replaceAll(/\s+/g, ' ').includes('reverted 3 hours ago by ben'));
  });

  it('something happened is told alike by all on a page, however long each is there, and moves on in all at once', async () => {
    const realNow = Date.now;
    let passedMs = 0;
    Date.now = () => realNow() + passedMs;
    try {
      const live = makeDeployment({ status: 'live', liveAt: ago(0.05) });
      const responder = makeResponder(undefined, { live, latest: live });
      const editor = show('fapi-editor', responder);
      const said = (element: Element, of: string): string | undefined => find(element, of)?.querySelector('time')?.textContent ?? undefined;
      await until(() => said(editor, '.since p:last-child') === '3 minutes ago');
      passedMs = 2 * 60_000;
      const status = show('fapi-deploy-status', responder);
      await until(() => said(status, 'header'));
      expect([said(status, 'header'), said(editor, '.since p:last-child')], ['3 minutes ago', '3 minutes ago']);
      document.dispatchEvent(new Event('visibilitychange'));
      await until(() => said(status, 'header') === '5 minutes ago' && said(editor, '.since p:last-child') === '5 minutes ago', 'both');
    } finally {
      Date.now = realNow;
    }
  });

  it('something was less than a minute ago counts no seconds', async () => {
    const live = makeDeployment({ status: 'live', liveAt: ago(0.01) });
    const responder = makeResponder(undefined, { live, latest: live });
    const editor = show('fapi-editor', responder);
    await until(() => find(editor, '.since')?.textContent?.replaceAll(/\s+/g, ' ').includes('deployed just now by'));
    const status = show('fapi-deploy-status', responder);
    status.lang = 'de';
    await until(() => find(status, 'header time')?.textContent === 'gerade eben');
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
