import type { FapiHistory } from '../src/index.ts';
import { appId, makeDeployment, makeResponder, makeRevision, type Responder, until } from './responder.ts';
import { expect, find, hear, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const rows = (history: Element): HTMLElement[] => [...history.shadowRoot!.querySelectorAll<HTMLElement>('.revisions > li')];
const words = (row: HTMLElement): string => row.innerText.replace(/\s+/g, ' ');
const button = (row: Element, name: string): HTMLElement | undefined => [...row.querySelectorAll<HTMLElement>('button')].find((one) => (one.getAttribute('aria-label') ?? one.innerText.trim()) === name);
async function open(change: (responder: Responder) => void = () => undefined, app: Parameters<typeof makeResponder>[1] = {}): Promise<{ history: FapiHistory; responder: Responder }> {
  const responder = makeResponder(undefined, app);
  responder.revisions = [makeRevision(3, { outcome: 'failed' }), makeRevision(2, { isLive: true, outcome: 'live', comment: 'Prices in euro' }), makeRevision(1, { isLastGood: true, pinned: true })];
  change(responder);
  const history = show<FapiHistory>('fapi-history', responder);
  await until(() => rows(history).length > 0 || find(history, '.notice'));
  return { history, responder };
}

describe('fapi-history', () => {
  it('lists revisions with what they are, why they were made and by whom', async () => {
    const { history } = await open();
    const [failed, live, good] = rows(history).map(words) as [string, string, string];
    expect([failed.startsWith('r3 Failed '), live.startsWith('r2 Live Prices in euro '), good.startsWith('r1 Last good Pinned ')], [true, true, true]);
    expect([failed, live, good].every((row) => row.includes('tester')), true);
    expect([button(rows(history)[0]!, 'Revert to r3'), button(rows(history)[1]!, 'Revert to r2')], [undefined, undefined]);
  });

  it('reverts after a question, and tells the page; a page may say no', async () => {
    const { history, responder } = await open();
    const [asked, started] = [hear(document.body, 'fapi-revert-request'), hear<{ appId: string }>(document.body, 'fapi-deploy-start')];
    button(rows(history)[2]!, 'Revert to r1')!.click();
    await until(() => find(history, '[role=group]'));
    expect(history.shadowRoot!.activeElement?.textContent?.trim(), 'Revert to r1');
    button(rows(history)[2]!, 'Cancel')!.click();
    await until(() => !find(history, '[role=group]'));
    expect(history.shadowRoot!.activeElement?.textContent?.trim(), 'Revert to r1');
    button(rows(history)[2]!, 'Revert to r1')!.click();
    await until(() => find(history, '[role=group]'));
    button(rows(history)[2]!, 'Revert to r1')!.click();
    await until(() => started.length > 0);
    const digest = responder.revisions[2]!.digest;
    expect(asked, [{ appId, revision: digest }]);
    expect(responder.seen.filter(({ path }) => path.endsWith('/deployments')).map(({ body }) => body), [{ revision: digest }]);
    document.addEventListener('fapi-revert-request', (event) => event.preventDefault(), { once: true });
    await history.revert(digest);
    expect(started.length, 1);
  });

  it('pins and unpins', async () => {
    const { history, responder } = await open();
    button(rows(history)[0]!, 'Pin r3')!.click();
    await until(() => button(rows(history)[0]!, 'Unpin r3'));
    expect(responder.revisions[0]!.pinned, true);
  });

  it('shows what a deployment has made of it when it ends', async () => {
    const { history, responder } = await open();
    await until(() => responder.openStreams > 0);
    responder.revisions = [makeRevision(4, { isLive: true }), ...responder.revisions.map((one) => ({ ...one, isLive: false }))];
    const live = makeDeployment({ generation: 4, status: 'live', liveAt: '2026-11-24T10:00:01.000Z' });
    const app = await responder.client.apps.read(appId);
    responder.send({ type: 'app', id: '', appId, app: { ...app, live, latest: live, health: 'running' } });
    await until(() => words(rows(history)[0]!).startsWith('r4 Live'));
  });

  it('shows older ones when asked, says that there is none, and why it cannot be read', async () => {
    const { history } = await open((responder) => { responder.revisions = Array.from({ length: 30 }, (_, index) => makeRevision(30 - index)); });
    expect(rows(history).length, 25);
    find(history, '.more')!.click();
    await until(() => rows(history).length === 30 && !find(history, '.more'));
    const { history: none } = await open((responder) => { responder.revisions = []; });
    await until(() => text(none).includes('No revision yet'));
    const { history: refused, responder } = await open((one) => one.refuse(`/v1/apps/${appId}/revisions`, 500, 'internal'));
    await until(() => text(refused).includes('req-123'));
    responder.accept(`/v1/apps/${appId}/revisions`);
    find(refused, '.notice button:last-child')!.click();
    [...refused.shadowRoot!.querySelectorAll<HTMLElement>('.actions button')].at(-1)!.click();
    await until(() => rows(refused).length === 3);
  });

  it('only shows when it is read-only', async () => {
    const { history } = await open();
    history.readonly = true;
    await history.updateComplete;
    expect(history.shadowRoot!.querySelectorAll('button').length, 0);
  });
});
