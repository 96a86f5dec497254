import type { Deployment, FailureReport } from '@fapi/sdk/contract';
import type { Row, Scene } from '../scene.ts';
import { appId, makeDeployment, makeResponder, makeRevision } from '../server/responder.ts';
import { ailments, at, deployments, finding } from '../server/samples.ts';
import { hard, losing, ofApp, ofAppBesides, serverOf } from '../states.ts';

const scene = (change: Partial<Deployment>, shows = '.headline', isLive = false): Scene => {
  const latest = makeDeployment(change);
  return { server: serverOf({ latest, ...(isLive ? { live: latest, health: 'running' } : {}) }), shows };
};
const wanting: FailureReport = { phase: 'import', class: 'import', type: 'KeyError', message: "'STRIPE_KEY'", frames: [{ file: 'main.py', line: 4, source: 'key = os.environ["STRIPE_KEY"]' }], output: [], hint: "Add the variable STRIPE_KEY in the app's settings, or read it with os.environ.get().", variable: 'STRIPE_KEY' };
const live = makeDeployment(deployments['live']);
const crashed: Deployment = makeDeployment({ ...deployments['live'], id: 'dep_2', generation: 2, status: 'failed', reason: 'rolled_back', failure: { phase: 'running', class: 'crashed', message: 'The process ended itself with code 7 while it was running.', exitCode: 7, frames: [{ file: 'main.py', line: 14, source: 'os._exit(7)' }], output: ['last words'] } });
const again: Deployment = makeDeployment({ ...deployments['live'], id: 'dep_3', generation: 3, trigger: 'rollback', draftVersion: 0 });
const findings = [hard.unbroken, hard.hebrew, hard.emoji, ...Array.from({ length: 10_000 }, (_, index) => `the finding with the number ${index}`)]
  .map((message, index) => ({ ...finding(index % 2 === 0 ? 'error' : 'warning'), message, file: `${hard.unbroken.slice(0, 56)}.py`, hint: hard.hebrew }));

export const deployStatus: Row = {
  states: {
    ...ofApp,
    empty: { server: serverOf({}), shows: '.notice', says: 'Not deployed yet' },
    partial: scene(deployments['preparing']!, '.steps [data-state=now]'),
    offline: losing(serverOf({ live, latest: live, health: 'running' }), '.headline'),
    'too-much': scene({ status: 'failed', reason: 'validation_failed', endedAt: at, generation: 1_234_567, stages: makeDeployment(deployments['failed']).stages, findings }, '.findings .rest'),
  },
  more: {
    ...ofAppBesides,
    queued: scene({}),
    live: scene(deployments['live']!, '.headline[data-status=live]', true),
    'failed, beside what is live': { server: serverOf({ latest: makeDeployment(deployments['failed']), live, health: 'running', freshness: 'not_deployed', changes: { code: true, environment: false, dependencies: false, settings: false } }), shows: '.way-back button' },
    failed: scene(deployments['failed']!, '.failure'),
    'failed for a variable': scene({ ...deployments['failed'], failure: wanting }, '[data-variable]'),
    'failed for a variable that is there now': { server: serverOf({ latest: makeDeployment({ ...deployments['failed'], failure: wanting }) }, { environment: { appId, version: 1, variables: [{ name: 'STRIPE_KEY', secret: true, scope: 'both' }] } }), shows: '[data-deploy]' },
    'failed without a main.py': { server: () => makeResponder([{ path: 'server.py', content: '' }], { latest: makeDeployment({ ...deployments['failed with findings'], findings: [{ ...finding('error'), code: 'ENT002', message: 'main.py must define an app; there is no main.py.' }] }) }), shows: '[data-mend]' },
    'failed, of an earlier draft': { server: serverOf({ latest: makeDeployment({ ...deployments['failed with findings'], draftVersion: 0 }), live, health: 'running', freshness: 'not_deployed', changes: { code: true, environment: false, dependencies: false, settings: false } }), shows: '[data-earlier]' },
    'live, after an earlier draft failed': { server: serverOf({ latest: makeDeployment({ ...deployments['failed with findings'], id: 'dep_2', generation: 2, draftVersion: 0 }), live, health: 'running', freshness: 'up_to_date' }), shows: '.earlier' },
    'live again, after a crash': { server: serverOf({ latest: live, live, health: 'running', lastCrash: { at, report: { phase: 'running', class: 'crashed', message: 'The process was ended by signal SIGSEGV while it was running, in main.py, line 1.', signal: 'SIGSEGV', frames: [{ file: 'main.py', line: 1 }], output: [] } } }), shows: '[part=past]' },
    reverted: { server: serverOf({ latest: makeDeployment({ ...deployments['live'], trigger: 'revert', revision: makeRevision(3).digest }), health: 'running' }, { revisions: [makeRevision(3)] }), shows: '.origin', says: 'Reverted to r3' },
    'rolled back': { server: serverOf({ latest: again, live: again, health: 'running', freshness: 'not_deployed', changes: { code: true, environment: false, dependencies: false, settings: false } }, { deployments: [again, crashed] }), shows: '.failure', says: 'Deploy 2 failed after going live' },
    'failed with findings': scene(deployments['failed with findings']!, '.failure .finding'),
    cancelled: scene(deployments['cancelled']!),
    stalled: { server: serverOf({ latest: live, live, ...ailments['stalled'] }), shows: '.failure' },
    'in a crash loop': { server: serverOf({ latest: live, live, ...ailments['in a crash loop'] }), shows: '.failure' },
    'a traceback that is hard to draw': scene({
      ...deployments['failed'], failure: {
        phase: 'import', class: 'import', type: 'ValueError', message: `${'w'.repeat(300)} ${hard.hebrew} ${hard.emoji}`, hint: hard.long, output: Array.from({ length: 200 }, (_, line) => `${line} ${hard.unbroken}`),
        frames: Array.from({ length: 40 }, (_, line) => ({ file: `${hard.unbroken.slice(0, 56)}.py`, line: line + 1, function: hard.unbroken, source: `x = "${hard.unbroken}"` })),
      },
    }, '.frames li'),
  },
};
