import type { FailureReport } from '@fapi/sdk/contract';
import { describe, expect, it } from 'vitest';
import { type Action, plan } from './plan.ts';
import { beginProgress, type Progress, settle } from './progress.ts';
import type { Observed } from './runtime/runtime.ts';
import { makeRemoval, makeSpec, makeStop } from './test-parts/messages.ts';
import type { RunnerSpec } from './work/messages.ts';

const at = '2026-01-01T00:00:00.000Z';
const former = { generation: 4, revision: 'sha256:4' };
const wanted = { generation: 5, revision: 'sha256:5' };
const report: FailureReport = { phase: 'running', class: 'crashed', message: 'it ended', frames: [], output: [] };

const spec = makeSpec('a', 5);
const cancelled = makeSpec('a', 5, { cancelled: true });
const settled = makeSpec('a', 5, { settled: true });
const removal = makeRemoval('a', 6);
const stop = makeStop('a', 6);

const fresh = beginProgress(spec);
const validated: Progress = { ...fresh, isValidated: true };
const live = settle(validated, at, { phase: 'live' });
const failed = settle(validated, at, { phase: 'failed', reason: 'import_failed' });
const unverified = settle(validated, at, { phase: 'failed', reason: 'verification_failed' });
const lost = settle(validated, at, { phase: 'failed', reason: 'runner_lost' });
const isCancelled = settle(validated, at, { phase: 'cancelled' });
const stopped = settle(beginProgress(stop), at, { phase: 'stopped' });
const removed = settle(beginProgress(removal), at, { phase: 'removed' });

const seen = (more: Partial<Observed> = {}): Observed => ({ appId: 'a', health: 'running', ...more });

const table: readonly [title: string, spec: RunnerSpec, observed: Observed | undefined, progress: Progress, action: Action][] = [
  ['nothing to do: what is wanted serves and was seen', spec, seen({ active: wanted }), live, 'nothing'],
  ['nothing to do: it failed, and a failed generation is never tried again', spec, seen({ active: former }), failed, 'nothing'],
  ['nothing to do: it was cancelled', cancelled, seen({ active: former }), isCancelled, 'nothing'],
  ['nothing to do: it is removed', removal, undefined, removed, 'nothing'],
  ['nothing to do: it is stopped, and its folder is kept', stop, seen({ health: 'stopped' }), stopped, 'nothing'],
  ['nothing to do: it is stopped and never was here', stop, undefined, stopped, 'nothing'],
  ['nothing to do: the runtime starts a crashed app again by itself', settled, seen({ health: 'crashed', failure: { generation: 5, report } }), live, 'nothing'],
  ['nothing to do: the runtime starts by itself what a former one had running', settled, seen({ health: 'crashed' }), fresh, 'nothing'],

  ['a new app is validated first', spec, undefined, fresh, 'validate'],
  ['an edited app is validated first, while the former revision serves', spec, seen({ active: former }), fresh, 'validate'],
  ['what is validated is prepared', spec, seen({ active: former }), validated, 'prepare'],
  ['what is prepared is activated', spec, seen({ active: former, candidate: wanted }), validated, 'activate'],
  ['what is active is verified', spec, seen({ active: wanted }), validated, 'verify'],

  ['a candidate of a former generation is prepared anew', spec, seen({ active: former, candidate: { ...wanted, generation: 4 } }), validated, 'prepare'],
  ['a candidate of another revision is prepared anew', spec, seen({ candidate: { ...wanted, revision: 'sha256:other' } }), validated, 'prepare'],
  ['the wanted revision under a former generation is prepared anew', spec, seen({ active: { ...wanted, generation: 4 } }), validated, 'prepare'],
  ['a candidate without a verdict is validated before the switch', spec, seen({ active: former, candidate: wanted }), fresh, 'validate'],

  ['a cancel before the switch ends it', cancelled, seen({ active: former, candidate: wanted }), validated, 'cancel'],
  ['a cancel of what nobody began ends it', cancelled, undefined, fresh, 'cancel'],
  ['a cancel after the switch has lost: it is verified', cancelled, seen({ active: wanted }), validated, 'verify'],
  ['a cancel after it was seen live changes nothing', cancelled, seen({ active: wanted }), live, 'nothing'],

  ['a settled app that serves is not judged again', settled, seen({ active: wanted }), fresh, 'settle'],
  ['a settled app that the runtime lost is prepared without another validation', settled, undefined, fresh, 'prepare'],
  ['a settled app that the runtime lost after we saw it live is prepared', settled, seen({ health: 'stopped' }), live, 'prepare'],
  ['a settled app that crashed in a former generation is prepared', settled, seen({ health: 'crashed', failure: { generation: 4, report } }), live, 'prepare'],
  ['a settled app that the runtime has given up, for its files are gone, is prepared, however it ended', settled, seen({ health: 'stopped', failure: { generation: 5, report } }), live, 'prepare'],
  ['what was live but is not settled waits for the server', spec, seen({ health: 'stopped' }), live, 'nothing'],

  ['an app that is to go is removed', removal, seen({ active: former }), beginProgress(removal), 'remove'],
  ['an app that came back after its removal is removed again', removal, seen(), removed, 'remove'],
  ['an app that is gone already is settled as removed', removal, undefined, beginProgress(removal), 'settle'],

  ['an app that is to be served by nobody is stopped', stop, seen({ active: former }), beginProgress(stop), 'stop'],
  ['an app that sleeps is stopped: else the next visitor would wake it', stop, seen({ health: 'asleep', active: former }), stopped, 'stop'],
  ['an app that waits for its next start is stopped', stop, seen({ health: 'crashed' }), stopped, 'stop'],
  ['an app with a candidate is stopped', stop, seen({ health: 'stopped', candidate: former }), stopped, 'stop'],
  ['an app that nobody serves is said to be stopped all the same', stop, seen({ health: 'stopped' }), beginProgress(stop), 'stop'],
  ['a stopped app that is wanted again is validated first', spec, seen({ health: 'stopped' }), fresh, 'validate'],
  ['fails halfway: the runtime knows a newer generation and refused the stop', stop, seen({ active: { ...former, generation: 9 } }), settle(beginProgress(stop), at, { phase: 'cancelled' }), 'nothing'],
  ['fails halfway: the runtime knows a newer generation and refused the removal', removal, seen({ active: { ...former, generation: 9 } }), settle(beginProgress(removal), at, { phase: 'cancelled' }), 'nothing'],
  ['fails halfway: the candidate vanished before the switch, so it is prepared again', spec, seen({ active: former }), validated, 'prepare'],
  ['fails halfway: the answer to the switch was lost, so it is verified and not switched again', spec, seen({ active: wanted, candidate: undefined }), validated, 'verify'],
  ['fails halfway: no runner could be reached in time, but the switch had happened', spec, seen({ active: wanted }), lost, 'verify'],
  ['fails halfway: cancelled while the switch was under way, which had happened', cancelled, seen({ active: wanted }), isCancelled, 'verify'],
  ['fails halfway: the routed path never answered, and is not asked for ever', spec, seen({ active: wanted }), unverified, 'nothing'],
  ['fails halfway: the controller ended after the removal and before it said so', removal, undefined, beginProgress(removal), 'settle'],
];

describe('the plan', () => {
  it.each(table)('%s', (_title, wish, observed, progress, action) => {
    expect(plan(wish, observed, progress)).toBe(action);
  });

  it.each(table)('does not change its mind: %s', (_title, wish, observed, progress) => {
    const facts = structuredClone([wish, observed, progress]);
    expect(plan(wish, observed, progress)).toBe(plan(wish, observed, progress));
    expect([wish, observed, progress]).toEqual(facts);
  });
});

describe('following the plan', () => {
  /** What a runtime that never fails would show next. */
  const step = (wish: RunnerSpec, observed: Observed | undefined, progress: Progress, action: Action): [Observed | undefined, Progress] => {
    if (action === 'validate') return [observed, { ...progress, isValidated: true }];
    if (action === 'prepare') return [{ ...seen(), ...observed, candidate: wanted }, progress];
    if (action === 'activate') return [{ ...seen(), active: wanted }, progress];
    if (action === 'cancel') return [observed, settle(progress, at, { phase: 'cancelled' })];
    if (action === 'stop') return [observed && seen({ health: 'stopped' }), settle(progress, at, { phase: 'stopped' })];
    if (action === 'remove') return [undefined, settle(progress, at, { phase: 'removed' })];
    return [observed, settle(progress, at, { phase: wish.desired.state === 'removed' ? 'removed' : 'live' })];
  };

  it.each(table)('comes to an end: %s', (_title, wish, observed, progress) => {
    const actions: Action[] = [];
    let world: [Observed | undefined, Progress] = [observed, progress];
    do {
      actions.push(plan(wish, ...world));
      world = step(wish, ...world, actions.at(-1)!);
    } while (actions.at(-1) !== 'nothing' && actions.length < 10);
    expect(actions.at(-1)).toBe('nothing');
    expect(new Set(actions).size).toBe(actions.length);
  });

  it('goes through every stage once for a new app', () => {
    const actions: Action[] = [];
    let world: [Observed | undefined, Progress] = [undefined, fresh];
    while (actions.at(-1) !== 'nothing') {
      actions.push(plan(spec, ...world));
      world = step(spec, ...world, actions.at(-1)!);
    }
    expect(actions).toEqual(['validate', 'prepare', 'activate', 'verify', 'nothing']);
  });
});
