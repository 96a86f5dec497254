import type { AppFile } from '@fapi/sdk/contract';
import type { FapiEditor } from '../../src/index.ts';
import { appId, makeDeployment, makeResponder, until } from '../server/responder.ts';
import type { Responder } from '../server/responder.ts';
import { deployments, finding } from '../server/samples.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { withLanguage } from './editor-language.ts';
import { appPath, hard, hardNames, ofApp, ofAppBesides, refusing, serverOf } from '../states.ts';

/** What is typed by hand is saved by hand, so that it stays as it is looked at. */
const given = { autosave: 'off' };
const code = 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/")\ndef read(): ...\n';
const withFindings = (): Responder => Object.assign(makeResponder([{ path: 'main.py', content: 'import os\n\n\n@app.get("/")\ndef read(n: int = 1) -> str:  # why\n    return "text"\n' }, { path: 'routers/items.py', content: '' }]), {
  findings: [{ ...finding('error'), fixes: [{ title: 'Mend it', applicability: 'safe', edits: [{ file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 1 }, text: 'x' }] }] }, finding('warning'), finding('info'), finding('hint')],
});
const tested = (): Responder => Object.assign(makeResponder([{ path: 'main.py', content: code }]), {
  dryImport: { prepared: true, routes: [{ method: 'GET', path: '/' }, { method: 'POST', path: '/items' }], sideEffects: [], durationMs: 1 },
  testRun: Promise.resolve({ passed: 1, failed: 1, skipped: 0, findings: [finding('error')], output: ['printed'], outputDropped: 0, durationMs: 1 }),
});
const two = (): Responder => makeResponder([{ path: 'main.py', content: '' }, { path: 'other.py', content: '' }]);

/** In the place of all that is there. */
export async function pasteCode({ seen }: Pick<Shown, 'seen'>, text: string): Promise<void> {
  const content = await seen('.cm-content');
  content.focus();
  content.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', ctrlKey: true, bubbles: true, cancelable: true }));
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', text);
  content.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}

/** As a keyboard does. */
export async function typeCode({ seen }: Pick<Shown, 'seen'>, typed: string): Promise<void> {
  (await seen('.cm-content')).focus();
  document.execCommand('insertText', false, typed);
}
const button = (name: string, shows: string): Scene => ({ server: two, given, shows, act: async ({ element, seen, press }: Shown<FapiEditor>) => {
  await seen('.cm-content');
  element.arrange({ pane: 'files' });
  await press(`button[aria-label="${name}"]:not(:disabled)`);
} });

/** As a page that has crashed leaves it in the browser, before this one comes. */
async function leaveTyped({ element, server }: Shown): Promise<void> {
  const place = element.parentElement!;
  element.remove();
  const opening = indexedDB.open('fapi-journal', 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore('drafts', { keyPath: 'key' });
  await done(opening);
  const entry = { key: `${location.origin} default/${server.subject} ${appId} gone`, page: 'gone', version: 1, at: new Date().toISOString(), changes: [{ path: 'main.py', saved: 'app = 1\n', typed: 'app = 2\n' }] };
  await done(opening.result.transaction('drafts', 'readwrite').objectStore('drafts').put(entry));
  opening.result.close();
  place.append(element);
}
const done = (request: IDBRequest): Promise<void> => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve();
  request.onerror = () => reject(request.error);
});

const manyFiles = (): AppFile[] => Array.from({ length: 400 }, (_, index) => ({ path: index === 0 ? 'main.py' : `${'w'.repeat(56)}/${'w'.repeat(52)}_${String(index).padStart(4, '0')}.py`, content: index === 0 ? Array.from({ length: 10_000 }, (_line, at) => `# ${at} ${hardNames[at % hardNames.length]}`).join('\n') : `x${index} = 1\n` }));

export const editor: Row = {
  states: {
    ...ofApp,
    empty: { server: () => makeResponder([]), given, shows: '.notice:has([data-add-file])', says: 'This app has no files yet.' },
    // The draft can be typed and saved; what checks it is not there.
    partial: { server: refusing(`${appPath}/validate`, 503, 'runner_unavailable'), given, shows: '.problems-head', says: 'Not checked' },
    offline: {
      server: withFindings, given, shows: '.bar[data-status=idle]',
      act: async ({ seen, server }: Shown) => {
        await seen('.cm-content');
        server.setAway(true);
      },
    },
    'too-much': {
      server: () => Object.assign(makeResponder(manyFiles(), { title: hard.unbroken, live: makeDeployment(deployments['live']), health: 'running' }), { findings: Array.from({ length: 10_000 }, () => ({ ...finding('error'), message: `${hard.unbroken}${hard.unbroken} ${hard.hebrew} ${hard.emoji}` })) }),
      given, shows: '.findings .rest', act: async ({ seen }: Shown) => { await seen('.cm-content'); },
    },
  },
  more: {
    ...ofAppBesides,
    clean: { server: () => makeResponder(), given, shows: '.cm-content' },
    'before its code editor is here': { server: () => makeResponder(), given, shows: 'textarea[part=content]', isCodeHeld: true },
    'with findings of every kind': { server: withFindings, given, shows: '.finding', act: ({ seen }: Shown) => seen('.cm-content') },
    dirty: { server: withFindings, given, shows: '.tab .dot', act: (shown: Shown) => typeCode(shown, 'x') },
    'in two tabs of one person': {
      server: two, given, shows: '.people', says: 'You, in another tab',
      act: async ({ server, seen }: Shown) => {
        await seen('.cm-content');
        const { page } = await until(() => server.presence);
        server.send({ type: 'presence', appId: server.draft.appId, people: [{ page, subject: 'Ada', path: 'main.py' }, { page: 'page_two', subject: 'Ada', path: 'other.py' }] });
      },
    },
    'in a conflict': {
      server: withFindings, given, shows: '.bar[role=alert]',
      act: async (shown: Shown) => {
        await typeCode(shown, 'x');
        await shown.seen('.tab .dot');
        shown.server.saveElsewhere([{ path: 'main.py', content: 'theirs' }]);
      },
    },
    'with findings of what was there before': {
      server: withFindings, given, shows: '.findings[data-stale]',
      act: async (shown: Shown) => {
        await until(() => shown.find('.finding'));
        shown.server.hold(`${appPath}/validate`);
        await typeCode(shown, '#');
        await until(() => shown.find('.findings[data-stale]')?.getAnimations().every(({ playState }) => playState === 'finished'));
      },
    },
    'with routes, ready': { server: tested, given, shows: '.readiness[data-state=prepared]', act: ({ find }: Shown) => until(() => find('button.route')) },
    'with the results of tests': { server: tested, given, shows: '.tests .finding', act: async ({ press, seen }: Shown) => { await seen('.cm-content'); await press('.tests-act'); } },
    'with the results of tests of an earlier draft': {
      server: tested, given, shows: '.tests [data-stale]',
      act: async (shown: Shown) => {
        await shown.seen('.cm-content');
        await shown.press('.tests-act');
        await shown.seen('.tests .finding');
        await typeCode(shown, '#');
        await until(() => shown.find('.tests [data-stale]')?.getAnimations().every(({ playState }) => playState === 'finished'));
      },
    },
    'while its tests run': { server: () => Object.assign(tested(), { testRun: new Promise<never>(() => undefined) }), given, shows: '.tests-verdict', says: 'Running tests', act: async ({ press, seen }: Shown) => { await seen('.cm-content'); await press('.tests-act'); } },
    'with what was typed before the page was gone': { server: () => makeResponder(), given, shows: '.bar[data-status=idle] button', says: 'Keep', act: leaveTyped },
    'near what a draft may have': { server: () => makeResponder([{ path: 'main.py', content: '' }, { path: 'a.txt', content: 'x'.repeat(4_100_000) }, ...Array.from({ length: 199 }, (_, index) => ({ path: `f${index}.py`, content: '' }))]), given, shows: '.size [data-status=failed]', act: ({ seen }: Shown) => seen('.cm-content') },
    ...withLanguage,
    'with routes that were kept': {
      server: tested, given, shows: '.routes[data-kept]',
      act: async (shown: Shown) => {
        await until(() => shown.find('button.route'));
        Object.assign(shown.server, { dryImport: undefined, findings: [finding('error')] });
        await typeCode(shown, '(');
      },
    },
    'deploying': { server: serverOf({ rollout: 'working', latest: makeDeployment(deployments['preparing']) }), given, shows: '.rollout' },
    'only to look at': { server: withFindings, given: { ...given, readonly: true }, shows: '.cm-content' },
    'asked for a path': button('New file', '.ask'),
    'offered more': { server: two, given, shows: '.menu', act: async ({ element, seen, press }: Shown<FapiEditor>) => { await seen('.cm-content'); element.arrange({ pane: 'files' }); await press('[data-more]'); } },
    'without its main.py': {
      server: () => Object.assign(makeResponder([{ path: 'server.py', content: 'from fastapi import FastAPI\n\napp = FastAPI()\n' }, { path: 'shop/app.py', content: 'app = FastAPI()\n' }]), { findings: [{ ...finding('error'), code: 'ENT002', message: 'main.py must define `app = FastAPI()`; there is no main.py, only: server.py, shop.' }] }),
      given, shows: '.said [role=group]',
      act: async ({ element, press, seen }: Shown<FapiEditor>) => {
        await seen('[role=treeitem], .problems-head');
        element.arrange({ areProblemsOpen: true, pane: 'code' });
        await press('[data-mend]');
      },
    },
    'deleted with undo': button('Delete file', '.said button'),
    'asked about names that are taken': {
      server: two, given, shows: '.said [role=group]',
      act: async ({ element, seen }: Shown<FapiEditor>) => {
        await seen('.cm-content');
        element.arrange({ pane: 'files' });
        const list = await seen('[role=tree]');
        const dataTransfer = new DataTransfer();
        for (const name of ['other.py', `${'w'.repeat(60)}.py`, '.env']) dataTransfer.items.add(new File(['x'], name));
        for (const type of ['dragover', 'drop']) list.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true }));
      },
    },
    'a file that is no text': { server: () => makeResponder([{ path: 'logo.png', content: 'iVBORw0=', encoding: 'base64' }]), given, shows: '.root', says: 'This file is not text' },
    'converted to several files': {
      server: () => Object.assign(makeResponder([{ path: 'main.py', content: 'app = 1\n' }]), { conversion: Promise.resolve({ routes: 2, kept: [], files: [{ path: 'main.py', content: 'app = 2\n' }, { path: 'routers/items.py', content: 'x = 1\n' }] }) }),
      given, shows: '.bar.converted',
      act: async ({ element, seen, press }: Shown<FapiEditor>) => {
        await seen('.cm-content');
        await element.convertToMultiFile();
        await press('[data-apply]');
      },
    },
  },
};
