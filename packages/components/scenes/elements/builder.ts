import type { FapiBuilder } from '../../src/index.ts';
import { makeDeployment, makeResponder, until } from '../server/responder.ts';
import type { Responder } from '../server/responder.ts';
import { deployments, finding } from '../server/samples.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { appPath, hard, hardNames, ofApp, ofAppBesides, serverOf } from '../states.ts';

const live = makeDeployment(deployments['live']);
const serving = serverOf({ title: 'Inventory', live, latest: live, health: 'running', freshness: 'up_to_date' });
const given = { storageKey: '', autosave: 'off' };
const whole = (scene: Scene): Scene => ({ ...scene, given });
const many = (): Responder => Object.assign(makeResponder(Array.from({ length: 400 }, (_, index) => ({ path: index === 0 ? 'main.py' : `${hard.unbroken.slice(0, 50)}_${index}.py`, content: `# ${hardNames[index % hardNames.length]}\n`.repeat(100) })), { title: hard.unbroken, live, latest: makeDeployment(deployments['failed']), rollout: 'failed', health: 'running', freshness: 'not_deployed', changes: { code: true, environment: true, dependencies: true, settings: false } }), {
  findings: Array.from({ length: 10_000 }, () => ({ ...finding('error'), message: `${hard.unbroken} ${hard.hebrew} ${hard.emoji}` })),
});

export const builder: Row = {
  states: {
    loading: whole(ofApp.loading),
    empty: { server: () => makeResponder([]), given, shows: '.notice:has([data-add-file])', says: 'This app has no files yet.', act: ({ seen }: Shown) => seen('.problems-head') },
    // One of its panels is refused, and all the others are there.
    partial: {
      server: () => {
        const responder = serving();
        responder.refuse(`${appPath}/revisions`, 403, 'forbidden');
        return responder;
      },
      given, shows: 'fapi-history:not([hidden])', says: 'No permission',
      act: async ({ element, seen }: Shown<FapiBuilder>) => {
        await seen('.cm-content');
        element.show('history');
      },
    },
    error: whole(ofApp.error),
    offline: {
      server: serving, given, shows: '.bar[data-status=idle]',
      act: async ({ seen, server }: Shown) => {
        await seen('.cm-content');
        server.setAway(true);
      },
    },
    'signed-out': whole(ofApp['signed-out']),
    'no-permission': whole(ofApp['no-permission']),
    'too-much': { server: many, given, shows: '.findings .rest', act: ({ seen }: Shown) => seen('.cm-content') },
  },
  more: {
    'not connected': ofAppBesides['not-connected'],
    'no app': { ...ofAppBesides['no-app'], given: { ...given, appId: undefined } },
    ready: { server: serving, given, shows: '.cm-content', act: ({ find }: Shown) => until(() => find('.steps')) },
    'with its palette': {
      server: serving, given, shows: 'dialog[open] input', alone: 'fapi-palette',
      act: async ({ seen, element }: Shown) => {
        await seen('.cm-content');
        element.dispatchEvent(new KeyboardEvent('keydown', { key: 'P', ctrlKey: true, shiftKey: true }));
      },
    },
    'with its list of keys': {
      server: serving, given, shows: 'dialog.keys[open]', alone: 'dialog.keys',
      act: async ({ seen, element }: Shown) => {
        await seen('.cm-content');
        element.dispatchEvent(new KeyboardEvent('keydown', { key: '?' }));
      },
    },
  },
};
