import { workspaceOf } from '../src/workspaces.ts';
import type { FapiHistory } from '../src/index.ts';
import { appId, makeApp, makeDeployment, makeDiff, makeResponder, makeRevision, type Responder, until } from '../scenes/server/responder.ts';
import { expect, find, hasNoViolations, hear, show, text } from './show.ts';

afterEach(() => document.body.replaceChildren());

const rows = (history: Element): HTMLElement[] => [...history.shadowRoot!.querySelectorAll<HTMLElement>('.revisions > li')];
const words = (row: HTMLElement): string => row.innerText.replace(/\s+/g, ' ');
const button = (row: Element, name: string): HTMLElement | undefined => [...row.querySelectorAll<HTMLElement>('button')].find((one) => (one.getAttribute('aria-label') ?? one.innerText.trim()) === name);
async function open(change: (responder: Responder) => void = () => undefined, app: Parameters<typeof makeResponder>[1] = {}): Promise<{ history: FapiHistory; responder: Responder }> {
  const responder = makeResponder(undefined, app);
  responder.revisions = [makeRevision(3, { outcome: 'failed', failure: "KeyError: 'SHOP_TOKEN'" }), makeRevision(2, { isLive: true, outcome: 'live', comment: 'Prices in euro' }), makeRevision(1, { isLastGood: true, pinned: true })];
  change(responder);
  const history = show<FapiHistory>('fapi-history', responder);
  await until(() => rows(history).length > 0 || find(history, '.notice'));
  return { history, responder };
}

describe('fapi-history', () => {
  it('says what "Last good" means', async () => {
    const { history } = await open();
    const chip = [...history.shadowRoot!.querySelectorAll<HTMLElement>('.chip')].find(({ textContent }) => textContent === 'Last good')!;
    expect(chip.title.includes('live for 30 seconds'), true);
  });

  it('says of each revision which deploy it was last, by the number that the header and the logs have', async () => {
    const { history } = await open((responder) => { responder.revisions[1]!.lastGeneration = 7; });
    expect(rows(history).map((row) => row.querySelector('[data-generation]')?.textContent), [undefined, 'Deploy 7', undefined]);
  });

  it('tells of one deploy in a line, the one whose number stands there: when it went live, and who asked for it', async () => {
    const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
    const { history } = await open(({ revisions }) => {
      Object.assign(revisions[0]!, { createdAt: minutesAgo(5), createdBy: 'ben', lastGeneration: 9, lastTrigger: 'deploy', lastDeployedAt: minutesAgo(5), lastDeployedBy: 'ben', durationMs: 2_000 });
      Object.assign(revisions[1]!, { createdAt: minutesAgo(180), createdBy: 'ben', lastGeneration: 12, lastTrigger: 'revert', lastDeployedAt: minutesAgo(4), lastDeployedBy: 'ada', durationMs: 90_000 });
      Object.assign(revisions[2]!, { createdAt: minutesAgo(240), createdBy: 'ben', lastGeneration: 8, lastTrigger: 'retry', lastDeployedAt: minutesAgo(60), lastDeployedBy: 'ben' });
    });
    const lines = (row: Element): string[] => [...row.querySelectorAll('.facts')].map((line) => line.textContent!.replaceAll(/\s+/g, ' ').trim());
    expect(rows(history).map(lines), [
      ['4 minutes ago · ben · took 2 s · 00000000'],
      ['2 minutes ago · reverted by ada · took 90 s', 'Revision made 3 hours ago · ben · 00000000'],
      ['1 hour ago · ben', 'Revision made 4 hours ago · ben · 00000000'],
    ]);
    await hasNoViolations(history);
  });

  it('says in words what can be done with a revision, in one line of a narrow panel too', async () => {
    const { history } = await open((responder) => { responder.revisions[2] = makeRevision(28, { isLastGood: true }); });
    for (const width of [360, 700]) {
      history.style.width = `${width}px`;
      const acts = [...rows(history)[2]!.querySelectorAll<HTMLElement>('.acts > button')];
      await until(() => history.offsetWidth === width && new Set(acts.map((act) => Math.round(act.getBoundingClientRect().top))).size === 1, 'one line');
      expect(acts.map((act) => act.innerText.trim()), ['Revert to r28', 'Pin', 'Compare', 'To draft', 'Clone']);
      // All but the first have room for one word, and say the rest on the side.
      expect(acts.every((act, index) => act.offsetHeight >= 24 && act.offsetWidth >= 24 && act.scrollWidth <= act.clientWidth && (index === 0 || (act.title !== '' && act.ariaLabel !== null))), true);
    }
    await hasNoViolations(history);
  });

  it('lists revisions with what they are, why they were made and by whom', async () => {
    const { history } = await open();
    const [failed, live, good] = rows(history).map(words) as [string, string, string];
    expect([failed.startsWith("r3 Failed KeyError: 'SHOP_TOKEN' "), live.startsWith('r2 Live Prices in euro '), good.startsWith('r1 Last good Pinned ')], [true, true, true]);
    expect([failed, live, good].every((row) => row.includes('tester')), true);
    expect([button(rows(history)[0]!, 'Revert to r3'), button(rows(history)[1]!, 'Revert to r2')], [undefined, undefined]);
  });

  it('keeps the words of each where they belong, whoever made it: a name that turns the direction turns itself alone', async () => {
    const { history } = await open((responder) => { responder.revisions = [makeRevision(1, { createdBy: 'ada\u202e <img src=x>', lastDeployedBy: 'ada\u202e <img src=x>', lastDeployedAt: '2026-11-24T10:00:00.000Z', durationMs: 1_000 })]; });
    const [time, number, digest] = ['time', '.facts .number', '.facts .mono'].map((of) => rows(history)[0]!.querySelector(of)!.getBoundingClientRect());
    expect([time!.right < number!.left, number!.right < digest!.left, find(history, 'img')], [true, true, null]);
  });

  it('says in the language of the page where a copy has its first revision from, and what somebody wrote as it was written', async () => {
    const { history } = await open((responder) => { responder.revisions = [makeRevision(2, { comment: 'cloned from memory' }), makeRevision(1, { comment: 'cloned from Orders' })]; });
    history.lang = 'de';
    history.requestUpdate();
    await until(() => words(rows(history)[1]!).includes('geklont von Orders'), 'the German words');
    expect(words(rows(history)[0]!).includes('cloned from memory'), true);
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
    // While one is under way no other is asked for.
    const letGo = responder.hold(`/v1/apps/${appId}/deployments`);
    const both = [history.revert(digest), history.revert(digest)];
    letGo();
    await Promise.all(both);
    expect([asked.length, started.length], [3, 2]);
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
    await until(() => text(none).includes('No revisions yet'));
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
    expect([...history.shadowRoot!.querySelectorAll('button')].filter((one) => !one.hasAttribute('data-compare')).length, 0);
  });

  it('compares a revision with the one before it: API, names of variables, dependencies and lines', async () => {
    const { history, responder } = await open((one) => { one.diff = makeDiff(); });
    button(rows(history)[1]!, 'Compare r2')!.click();
    await until(() => find(history, '.line'));
    const asked = responder.urls.find(({ pathname }) => pathname.endsWith('/diff'))!.searchParams;
    expect([asked.get('from'), asked.get('to')], [responder.revisions[2]!.digest, responder.revisions[1]!.digest]);
    const said = find(history, '.compare')!.innerText.replace(/\s+/g, ' ');
    for (const word of ['GET /items', 'breaking', 'a required parameter is new', 'POST /items', 'Item', 'REGION', 'httpx', '>=1 → >=2', 'main.py', '+2', '−1']) if (!said.includes(word)) throw new Error(`"${word}" is not in "${said}"`);
    const lines = [...history.shadowRoot!.querySelectorAll<HTMLElement>('.line')].map(({ dataset, textContent }) => `${dataset['kind']} ${textContent}`);
    expect(lines, ['same 1 import os', 'removed 2−a = 1', 'added 2+a = 2', 'added 3+b = 3', 'gap ⋯', 'same 10 end = 1']);
    await hasNoViolations(history);
    expect(history.shadowRoot!.activeElement?.hasAttribute('data-back'), true);
    find(history, '[data-back]')!.click();
    await until(() => rows(history).length === 3);
  });

  it('says that nothing differs, what is not known, and why it cannot compare', async () => {
    const { history, responder } = await open((one) => { one.diff = makeDiff({ files: [], api: { isKnown: true, routes: [], schemas: [] }, environment: { isKnown: true, added: [], removed: [], changed: [] }, dependencies: { fromLock: 'curated', toLock: 'curated', added: [], removed: [], changed: [] } }); });
    history.diff('live', 'draft');
    await until(() => text(history).includes('No difference'));
    responder.diff = makeDiff({ api: { isKnown: false, reason: 'ImportError', routes: [], schemas: [] } });
    history.diff(responder.revisions[0]!.digest, 'draft');
    await until(() => text(history).includes('one of the sides could not be imported'));
    responder.refuse(`/v1/apps/${appId}/diff`, 404, 'revision_not_found');
    history.diff(responder.revisions[1]!.digest, 'draft');
    await until(() => text(history).includes('No such revision'));
  });

  it('puts the files of a revision into the draft, whatever the editor holds, and gives back what was there', async () => {
    const { history, responder } = await open((one) => { one.revisionFiles = [{ path: 'main.py', content: 'app = 3\n' }, { path: 'models.py', content: '' }]; });
    const taken = hear<{ appId: string; revision: string }>(document, 'fapi-draft-take');
    const { store, release } = workspaceOf(responder.client).acquire(appId);
    await until(() => store.snapshot.load === 'ready');
    store.edit('main.py', 'half = \n');
    store.addFile('notes.py', 'x = 1\n');
    button(rows(history)[2]!, 'To draft: the files of r1')!.click();
    await until(() => text(history).includes('The draft now has the files of r1.'));
    expect([store.snapshot.files, taken], [responder.revisionFiles, [{ appId, revision: responder.revisions[2]!.digest }]]);
    await store.save();
    expect(responder.draft.files, responder.revisionFiles);
    find(history, '[data-undo]')!.click();
    await until(() => !text(history).includes('The draft has'));
    expect(store.snapshot.files.map(({ path, content }) => `${path} ${content}`), ['main.py half = \n', 'notes.py x = 1\n']);
    release();
  });

  it('offers no way back over what was typed after the files of a revision were taken', async () => {
    const { history, responder } = await open((one) => { one.revisionFiles = [{ path: 'main.py', content: 'app = 3\n' }]; });
    const { store, release } = workspaceOf(responder.client).acquire(appId);
    await until(() => store.snapshot.load === 'ready');
    button(rows(history)[2]!, 'To draft: the files of r1')!.click();
    await until(() => find(history, '[data-undo]'));
    await store.save();
    await history.updateComplete;
    expect(find(history, '[data-undo]') !== null, true);
    store.edit('main.py', 'app = 4\n');
    await until(() => !find(history, '[data-undo]') && !text(history).includes('The draft has'));
    release();
  });

  it('compares a revision with the one that was live before it, and not with one that failed in between', async () => {
    const { history } = await open((one) => { one.revisions = [makeRevision(3, { isLive: true, liveAt: '2026-11-24T10:00:05.000Z' }), makeRevision(2, { outcome: 'failed' }), makeRevision(1, { liveAt: '2026-11-24T09:00:05.000Z' })]; one.diff = makeDiff(); });
    button(rows(history)[0]!, 'Compare r3')!.click();
    await until(() => find(history, 'select'));
    expect([...history.shadowRoot!.querySelectorAll('select')].map(({ selectedOptions }) => selectedOptions[0]!.textContent!.trim()), ['r1', 'r3']);
  });

  it('puts nothing into a draft when another app is shown before the files have come', async () => {
    const { history, responder } = await open();
    const taken = hear(document, 'fapi-draft-take');
    const { store, release } = workspaceOf(responder.client).acquire(appId);
    await until(() => store.snapshot.load === 'ready');
    const before = store.snapshot.files;
    const taking = history.take(responder.revisions[2]!.digest);
    history.appId = 'app_other';
    await taking;
    await history.updateComplete;
    expect([store.snapshot.files, taken, find(history, '[data-undo]')], [before, [], null]);
    release();
  });

  it('clones from a revision, and says so', async () => {
    const { history, responder } = await open((one) => { one.apps = [makeApp()]; });
    const heard = hear<{ app: { id: string } }>(document, 'fapi-app-clone');
    rows(history)[2]!.querySelector<HTMLElement>('[data-clone]')!.click();
    const form = await until(() => find<HTMLFormElement>(history, 'form.clone'));
    await hasNoViolations(history);
    form.requestSubmit();
    await until(() => text(history).includes('Copy of Hello was created.'));
    expect([responder.seen.find(({ path }) => path.endsWith('/clone'))!.body, heard[0]!.app.id], [{ title: 'Copy of Hello', from: responder.revisions[2]!.digest, environment: 'none', deploy: false }, 'app_clone']);
  });

  it('says of no other app what was refused of this one, what is under way there and what has come of it', async () => {
    const { history, responder } = await open((one) => { one.apps = [makeApp()]; });
    const go = async (to: string): Promise<void> => {
      history.appId = to;
      await history.updateComplete;
      if (to === appId) await until(() => rows(history).length === 3);
    };
    responder.refuse(`/v1/apps/${appId}/deployments`, 503, 'runner_unavailable');
    await history.revert(responder.revisions[2]!.digest);
    await until(() => find(history, '.bar'));
    await go('app_other');
    await go(appId);
    expect(find(history, '.bar'), null);
    const letGo = responder.hold(`/v1/apps/${appId}/clone`);
    const heard = hear(document, 'fapi-app-clone');
    rows(history)[2]!.querySelector<HTMLElement>('[data-clone]')!.click();
    (await until(() => find<HTMLFormElement>(history, 'form.clone'))).requestSubmit();
    await until(() => responder.seen.some(({ path }) => path.endsWith('/clone')));
    expect(find(history, '[aria-disabled=true]') !== null, true);
    await go('app_other');
    await go(appId);
    expect(find(history, '[aria-disabled=true]'), null);
    await go('app_other');
    letGo();
    await until(() => heard.length > 0);
    expect(history.made, undefined);
  });
});
