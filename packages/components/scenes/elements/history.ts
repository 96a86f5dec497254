import { makeDiff, makeResponder, makeRevision } from '../server/responder.ts';
import type { Responder } from '../server/responder.ts';
import type { Row, Shown } from '../scene.ts';
import { appPath, hard, losing, ofApp, ofAppBesides, refusing, silent } from '../states.ts';

const path = `${appPath}/revisions`;
const full = (): Responder => Object.assign(makeResponder(), {
  revisions: [makeRevision(30, { outcome: 'failed', failure: "KeyError: 'SHOP_TOKEN'", comment: 'a'.repeat(200) }), makeRevision(29, { isLive: true, isLastGood: true, pinned: true, outcome: 'live', createdAt: '2026-11-20T09:00:00.000Z', lastGeneration: 41, lastTrigger: 'revert', lastDeployedAt: '2026-11-24T10:00:05.000Z', durationMs: 840, lastDeployedBy: 'ada' }), makeRevision(28, { isLastGood: true, lastGeneration: 39, lastTrigger: 'deploy', lastDeployedAt: '2026-11-24T10:00:00.000Z', lastDeployedBy: 'tester', durationMs: 1_234 }), ...Array.from({ length: 27 }, (_, index) => makeRevision(27 - index))],
});
const two = (): Responder => Object.assign(makeResponder(), { revisions: [makeRevision(2), makeRevision(1)], diff: makeDiff() });

export const history: Row = {
  states: {
    loading: { server: silent(path), shows: '.skeleton', says: 'Loading' },
    empty: { server: () => makeResponder(), shows: '.notice', says: 'No revisions yet' },
    // The first page is there, and the next cannot be had.
    partial: {
      server: full, shows: '.bar[part=error]',
      act: async ({ server, seen, press }: Shown) => {
        await seen('.more');
        server.refuse(path, 500, 'internal');
        await press('.more');
      },
    },
    error: { server: refusing(path, 500, 'internal'), shows: '.notice[part=error] .request', says: 'req-123' },
    offline: losing(full, '.revisions'),
    'signed-out': { server: refusing(path, 401, 'unauthorized'), shows: '.notice[part=error]', says: 'Signed out' },
    'no-permission': { server: refusing(path, 403, 'forbidden'), shows: '.notice[part=error]', says: 'Whoever runs the portal can change it' },
    'too-much': {
      server: () => Object.assign(makeResponder(), {
        revisions: Array.from({ length: 10_000 }, (_, index) => makeRevision(10_000 - index, { createdBy: [hard.unbroken, hard.hebrew, hard.emoji][index % 3]!, comment: [hard.hebrew, hard.emoji, hard.unbroken.repeat(3)][index % 3]!, pinned: index === 2, isLive: index === 1, outcome: index === 1 ? 'live' : 'stopped' })),
      }),
      shows: '.more',
    },
  },
  more: {
    ...ofAppBesides,
    'each kind of revision': { server: full, shows: '.revisions' },
    'a question': { server: full, shows: '[role=group]', act: ({ press }: Shown) => press('.acts button:not(.quiet)') },
    'how to clone': { server: two, shows: 'form.clone', act: ({ press }: Shown) => press('[data-clone]') },
    compared: { server: two, shows: '.line', act: ({ press }: Shown) => press('.revisions [data-compare]') },
    'only to look at': { server: full, given: { readonly: true }, shows: '.revisions' },
    'app refused': ofApp['no-permission'],
  },
};
