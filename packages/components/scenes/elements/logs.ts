import type { FapiLogs } from '../../src/index.ts';
import { appId, makeResponder } from '../server/responder.ts';
import type { Responder } from '../server/responder.ts';
import { at, printed } from '../server/samples.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { appPath, hardNames, ofApp, ofAppBesides, refusing, silent } from '../states.ts';

const path = `${appPath}/logs`;
const printing = (): Responder => Object.assign(makeResponder([{ path: 'main.py', content: 'x\n' }]), { lines: [...printed] });
const refused = (status: number, code: string): Scene => ({ server: refusing(path, status, code), shows: '.notice[part=error]' });

export const logs: Row = {
  states: {
    loading: { server: silent(path), shows: '.skeleton', says: 'Loading' },
    empty: { server: () => makeResponder(), shows: '.notice', says: 'No output yet' },
    partial: {
      server: printing, shows: '[data-new]',
      act: async ({ server, seen, element }: Shown<FapiLogs>) => {
        await seen('.line');
        element.pause();
        server.send({ type: 'log', id: '', appId, lines: [{ ...printed[0]!, seq: 1_000 }], dropped: 3 });
      },
    },
    error: refused(500, 'internal'),
    offline: {
      server: printing, shows: '.bar[data-status=idle]',
      act: async ({ server, seen }: Shown) => {
        await seen('.line');
        server.setAway(true);
      },
    },
    'signed-out': { ...refused(401, 'unauthorized'), says: 'Signed out' },
    'no-permission': { ...refused(403, 'forbidden'), says: 'Whoever runs the portal can change it' },
    'too-much': {
      server: () => Object.assign(makeResponder(), { lines: Array.from({ length: 10_000 }, (_, index) => ({ seq: index + 1, at, stream: 'stdout', generation: 1 + Math.floor(index / 100), text: `${index} ${hardNames[index % hardNames.length]!.repeat(index % 3 === 0 ? 9 : 1)}` })) }),
      shows: '.line',
    },
  },
  more: {
    ...ofAppBesides,
    'each kind of line': { server: printing, shows: '.line' },
    'open, chosen and searched': {
      server: printing, shows: 'mark',
      act: async ({ element, press, seen }: Shown<FapiLogs>) => {
        await press('.fold');
        await press('.line');
        element.query = 'x';
        await seen('.detail');
        await seen('[aria-level="2"]');
      },
    },
    wrapped: { server: printing, given: { wrap: true, storageKey: '' }, shows: '[data-wrap] .line' },
    'filtered to nothing': { server: printing, given: { generation: 9 }, shows: '.notice button' },
    'app refused': ofApp['no-permission'],
  },
};
