import { cancellableStatuses, type DeploymentStatus, deploymentEnds, deploymentStages, unsettledStatuses } from '@fapi/sdk/contract';
import type { RunnerStatus } from '@fapi/runner-controller/work';
import { describe, expect, it } from 'vitest';
import { makeRandom } from './parts/random.ts';
import { applyStatus, canBecome, endDeployment, isCancellable, isUnsettled, sourcesOf, transitions } from '../src/domain/deployments/deployment.ts';

type Progress = Parameters<typeof applyStatus>[0];
type StageName = RunnerStatus['stages'][number]['name'];

const all = [...deploymentStages, ...deploymentEnds] as const satisfies readonly DeploymentStatus[];
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const queued: Progress = { status: 'queued', stages: [{ name: 'queued', startedAt: at(0) }] };

/** A whole status: every stage up to `last`, each one second long, the last one open. */
function status(phase: RunnerStatus['phase'], last: StageName | undefined, more: Partial<RunnerStatus> = {}): RunnerStatus {
  const names = (['validating', 'preparing', 'starting', 'verifying', 'live'] as const).slice(0, last ? ['validating', 'preparing', 'starting', 'verifying', 'live'].indexOf(last) + 1 : 0);
  return {
    schema: 1, appId: 'app_x', generation: 1, phase, health: 'running',
    stages: names.map((name, index) => ({ name, startedAt: at(index + 1), ...(index < names.length - 1 ? { endedAt: at(index + 2), durationMs: 1_000 } : {}) })), ...more,
  };
}
const hear = (from: Progress, ...words: RunnerStatus[]): Progress => words.reduce((known, word, index) => applyStatus(known, word, at(30 + index)) ?? known, from);

/** As DESIGN says it, pair by pair: a row for where it is, a letter for where it may go. */
const design: Record<DeploymentStatus, string> = {
  //           q v p s V L f c s s
  queued:     '. x x x x x x x x .',
  validating: '. . x x x x x x x .',
  preparing:  '. . . x x x x x x .',
  starting:   '. . . . x x x x x .',
  verifying:  '. . . . . x x x x .',
  live:       '. . . . . . x . . x',
  failed:     '. . . . . . . . . .',
  cancelled:  '. . . . . . . . . .',
  superseded: '. . . . . . . . . .',
  stopped:    '. . . . . . . . . .',
};

it('keeps what made a stage take longer', () => {
  const { stages, ...working } = status('working', 'starting');
  const heard = hear(queued, { ...working, stages: stages.map((stage) => (stage.name === 'preparing' ? { ...stage, note: 'cold_start' as const } : stage)) }, status('live', 'live'));
  expect(heard.stages.map(({ note }) => note)).toEqual([undefined, undefined, 'cold_start', undefined, undefined, undefined]);
});

describe('the transition table', () => {
  it.each(all.flatMap((from) => all.map((to, column) => [from, to, design[from].split(' ')[column] === 'x'] as const)))('from %s to %s: %s', (from, to, isAllowed) => {
    expect(canBecome(from, to)).toBe(isAllowed);
    const written = sourcesOf(to).includes(from);
    expect(written).toBe(isAllowed || (from === to && isUnsettled(from)));
  });

  it('has a row for every status and goes only to statuses that exist', () => {
    expect(Object.keys(transitions).toSorted()).toEqual([...all].toSorted());
    expect(Object.values(transitions).flat().filter((to) => !all.includes(to))).toEqual([]);
  });

  it('never goes back and never stays', () => {
    const order = (name: DeploymentStatus): number => (deploymentStages as readonly string[]).indexOf(name);
    const backwards = all.flatMap((from) => transitions[from].filter((to) => from === to || (order(from) >= 0 && order(to) >= 0 && order(to) <= order(from))).map((to) => `${from} -> ${to}`));
    expect(backwards).toEqual([]);
  });

  it.each(deploymentEnds)('leads nowhere from %s', (end) => {
    expect(transitions[end]).toEqual([]);
    expect(isUnsettled(end)).toBe(false);
  });

  it.each(['queued', 'validating', 'preparing', 'starting', 'verifying'] as const)('lets %s skip to live, fail and be superseded', (from) => {
    expect([canBecome(from, 'live'), canBecome(from, 'failed'), canBecome(from, 'superseded'), isUnsettled(from)]).toEqual([true, true, true, true]);
  });

  it('takes a cancel as long as it is unsettled: from whom, and until when from a person, the contract says', () => {
    expect(all.filter((from) => canBecome(from, 'cancelled'))).toEqual([...unsettledStatuses]);
    expect([...cancellableStatuses]).toEqual(['queued', 'validating', 'preparing']);
    expect(all.filter(isCancellable)).toEqual([...cancellableStatuses]);
  });

  it('agrees with the contract on what is unsettled: what has a way on and is not live', () => {
    expect([...unsettledStatuses]).toEqual(all.filter((status) => status !== 'live' && transitions[status].length > 0));
  });

  it('ends what is live as stopped or failed, never as cancelled or superseded', () => {
    expect(transitions.live.toSorted()).toEqual(['failed', 'stopped']);
    expect(isUnsettled('live')).toBe(false);
  });
});

describe('a status of the runner', () => {
  it('moves a deployment through all stages to live, each with its start and end', () => {
    const done = hear(queued, status('working', 'validating'), status('working', 'preparing'), status('working', 'starting'), status('working', 'verifying'), status('live', 'live'));
    expect(done.status).toBe('live');
    expect(done.liveAt).toBeDefined();
    expect(done.stages.map((stage) => stage.name)).toEqual([...deploymentStages]);
    expect(done.stages.every((stage) => stage.endedAt !== undefined)).toBe(true);
    expect(done.stages[0]).toEqual({ name: 'queued', startedAt: at(0), endedAt: at(1), durationMs: 1_000 });
  });

  it('says the same at the end when every status but the last is lost', () => {
    const whole = hear(queued, status('working', 'validating'), status('working', 'preparing'), status('working', 'verifying'), status('live', 'live'));
    const onlyLast = hear(queued, status('live', 'live'));
    expect({ ...onlyLast, liveAt: '', stages: onlyLast.stages.map(({ name, startedAt }) => ({ name, startedAt })) }).toEqual({ ...whole, liveAt: '', stages: whole.stages.map(({ name, startedAt }) => ({ name, startedAt })) });
  });

  it.each([
    ['said twice', status('working', 'preparing'), status('working', 'preparing')],
    ['of an earlier stage, late', status('working', 'starting'), status('working', 'validating')],
    ['without stages', status('working', 'preparing'), status('working', undefined)],
    ['of work, after live', status('live', 'live'), status('working', 'verifying')],
    ['of live, twice', status('live', 'live'), status('live', 'live')],
    ['of live, after failed', status('failed', 'preparing', { reason: 'import_failed', message: 'no' }), status('live', 'live')],
    ['of failed, twice', status('failed', 'preparing', { reason: 'import_failed', message: 'no' }), status('failed', 'preparing', { reason: 'startup_failed', message: 'other' })],
    ['of cancelled, after live', status('live', 'live'), status('cancelled', 'verifying')],
    ['of live, after cancelled', status('cancelled', 'preparing'), status('live', 'live')],
  ])('changes nothing when it is %s', (_, first, second) => {
    const known = hear(queued, first);
    expect(applyStatus(known, second, at(50))).toBeUndefined();
  });

  it.each(['superseded', 'cancelled', 'failed'] as const)('changes nothing once we have ended the deployment as %s', (end) => {
    const ended = endDeployment(hear(queued, status('working', 'validating')), end, at(20), { message: 'ended' })!;
    for (const word of [status('working', 'preparing'), status('live', 'live'), status('failed', 'preparing', { reason: 'import_failed' }), status('cancelled', 'validating')]) expect(applyStatus(ended, word, at(50))).toBeUndefined();
  });

  it('comes to the same end in any order of arrival', () => {
    const words = [status('working', 'validating'), status('working', 'preparing'), status('working', 'starting'), status('live', 'live')];
    const orders = words.flatMap((first) => words.flatMap((second) => words.map((third) => [first, second, third, words[3]!])));
    for (const order of orders) {
      const done = hear(queued, ...order);
      expect(done.status).toBe('live');
      expect(done.stages.map((stage) => [stage.name, stage.startedAt])).toEqual(deploymentStages.map((name, index) => [name, at(index)]));
    }
  });

  it('keeps the first start of a stage when a new controller does it again', () => {
    const known = hear(queued, status('working', 'preparing'));
    const again = status('working', 'preparing');
    const later = { ...again, stages: again.stages.map((stage) => ({ ...stage, startedAt: at(20) })) };
    const merged = applyStatus(known, later, at(50)) ?? known;
    expect(merged.status).toBe('preparing');
    expect(merged.stages.map((stage) => stage.startedAt)).toEqual(known.stages.map((stage) => stage.startedAt));
  });

  it('keeps why it failed: reason, message, failure and findings', () => {
    const failure = { phase: 'import', class: 'import', message: 'no module', frames: [], output: [] } as const satisfies RunnerStatus['failure'];
    const done = hear(queued, status('failed', 'preparing', { reason: 'import_failed', message: 'no module', failure, findings: [] }));
    expect(done).toMatchObject({ status: 'failed', reason: 'import_failed', message: 'no module', failure, findings: [] });
    expect(done.stages.every((stage) => stage.endedAt !== undefined && stage.durationMs !== undefined)).toBe(true);
    expect(done.stages.map(({ name, reason }) => [name, reason])).toEqual([['queued', undefined], ['validating', undefined], ['preparing', 'import_failed']]);
  });

  it.each(['starting', 'verifying'] as const)('cancels what was %s by the word of a controller that began anew', (stage) => {
    const done = hear(queued, status('working', stage), status('cancelled', 'validating'));
    expect(done).toMatchObject({ status: 'cancelled', reason: 'cancelled' });
    expect(done.stages.at(-1)).toMatchObject({ name: stage, reason: 'cancelled' });
  });

  it('moves what is live to failed when the runner rolled it back', () => {
    const done = hear(queued, status('live', 'live'), status('failed', 'live', { reason: 'rolled_back', message: 'crashed within 30 s' }));
    expect(done).toMatchObject({ status: 'failed', reason: 'rolled_back' });
  });
});

describe('an end from our side', () => {
  it('closes the open stage and says why', () => {
    const ended = endDeployment(hear(queued, status('working', 'validating')), 'superseded', at(9), { reason: 'superseded', message: 'a newer one' });
    expect(ended).toMatchObject({ status: 'superseded', reason: 'superseded', message: 'a newer one', endedAt: at(9) });
    expect(ended?.stages.at(-1)).toEqual({ name: 'validating', startedAt: at(1), endedAt: at(9), durationMs: 8_000, reason: 'superseded' });
  });

  it('is refused where the table has no way', () => {
    const live = hear(queued, status('live', 'live'));
    expect([endDeployment(live, 'cancelled', at(9), {}), endDeployment(live, 'superseded', at(9), {}), endDeployment(queued, 'stopped', at(9), {})]).toEqual([undefined, undefined, undefined]);
  });
});

describe('any sequence of words and acts', () => {
  const phases = ['working', 'live', 'failed', 'cancelled', 'stopped', 'removed'] as const;
  const names = [undefined, 'validating', 'preparing', 'starting', 'verifying', 'live'] as const;
  const isEnd = (status: DeploymentStatus): boolean => (deploymentEnds as readonly string[]).includes(status);

  it.each(Array.from({ length: 200 }, (_, seed) => seed))('goes only where the table goes, and ends once (seed %s)', (seed) => {
    const random = makeRandom(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    let known = queued;
    for (let step = 0; step < 40; step++) {
      const next = random() < 0.7
        ? applyStatus(known, status(pick(phases), pick(names), { reason: 'startup_failed', message: 'no' }), at(60 + step))
        : endDeployment(known, pick(deploymentEnds), at(60 + step), { message: 'ended' });
      if (!next) continue;
      expect(sourcesOf(next.status)).toContain(known.status);
      const order = next.stages.map(({ name }) => deploymentStages.indexOf(name));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(new Set(order).size).toBe(order.length);
      for (const stage of known.stages) expect(next.stages.find(({ name }) => name === stage.name)?.startedAt).toBe(stage.startedAt);
      if (isEnd(next.status)) {
        expect(next.endedAt).toBeDefined();
        expect(next.stages.filter(({ endedAt }) => endedAt === undefined)).toEqual([]);
      }
      known = next;
    }
    // What is unsettled still has a way to an end.
    if (!isEnd(known.status)) expect(transitions[known.status].some(isEnd)).toBe(true);
  });
});
