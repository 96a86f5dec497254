import type { Metrics } from '@fapi/sdk/contract';
import type { Row, Scene } from '../scene.ts';
import { appId, makeDeployment, makeResponder } from '../server/responder.ts';
import { at, counted, deployments } from '../server/samples.ts';
import { appPath, losing, ofApp, ofAppBesides, refusing, serverOf, silent } from '../states.ts';

const path = `${appPath}/metrics`;
const told = (metrics: Metrics): Scene => ({
  server: () => makeResponder(), shows: '.tiles',
  act: async ({ server, seen }) => {
    await seen('.notice');
    server.send({ type: 'metrics', appId, metrics });
  },
});

export const metrics: Row = {
  states: {
    loading: { server: silent(path), shows: '.skeleton', says: 'Loading' },
    empty: { server: serverOf({ live: makeDeployment(deployments['live']), health: 'running' }), shows: '.notice:has(a)', says: 'No requests yet' },
    partial: told({ appId, requests: 3, status2xx: 3, status3xx: 0, status4xx: 0, status5xx: 0, inFlight: 1, bytesOut: 1 }),
    error: { server: refusing(path, 500, 'internal'), shows: '.notice[part=error] .request', says: 'req-123' },
    offline: losing(() => makeResponder(), '.notice'),
    'signed-out': ofApp['signed-out'],
    'no-permission': { server: refusing(path, 403, 'forbidden'), shows: '.notice[part=error]', says: 'Whoever runs the portal can change it' },
    'too-much': told({ appId, requests: Number.MAX_SAFE_INTEGER, status2xx: 9_007_199_254_000_000, status3xx: 1, status4xx: 740_000_000_000, status5xx: 992_000_000_000, inFlight: 10_000, bytesOut: Number.MAX_SAFE_INTEGER, lastRequestAt: at }),
  },
  more: { ...ofAppBesides, 'no request': { server: () => makeResponder(), shows: '.notice', says: 'No requests yet' }, counted: told(counted), 'app refused': ofApp['no-permission'] },
};
