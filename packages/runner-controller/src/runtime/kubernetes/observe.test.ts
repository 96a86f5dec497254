import type { V1Pod } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { AppState } from '../../agent/messages.ts';
import type { AppRecord, Release } from './objects/record.ts';
import { explainPods, isFresh, toObserved } from './observe.ts';

const makeRelease = (generation: number): Release => ({ generation, revision: `sha256:${generation}`, bundleSha256: 'f'.repeat(64), envVersion: 0, settings: { exclusive: false, idleFreezeS: null, idleStopS: null }, egress: [] });
const record: AppRecord = { appId: 'shop', host: 'shop', generation: 2, epoch: 1, state: 'live', release: makeRelease(1) };
const named = (generation: number) => ({ generation, digest: `sha256:${generation}`, envVersion: 0 });
const makeState = (more: Partial<AppState>): AppState => ({ appId: 'shop', host: 'shop', generation: 2, phase: 'running', restarts: 0, ...more });
const serves = (generation: number, more: Partial<AppState> = {}): AppState => makeState({ active: { ...named(generation), pid: 1, since: '2026-01-01T00:00:00Z' }, ...more });
const pod: V1Pod = { metadata: { name: 'app-shop-x' }, status: { phase: 'Running' } };
const look = (states: (AppState | undefined)[], at: AppRecord = record, pods: V1Pod[] = [pod]) => toObserved(at, states.map((state) => ({ pod, state })), pods);
const seen = (generation: number) => ({ generation, revision: `sha256:${generation}` });

describe('an app in a cluster', () => {
  it('is unknown once it is removed, and served by nobody while it is stopped', () => {
    expect(look([], { ...record, state: 'removed' })).toBeUndefined();
    expect(look([serves(1)], { ...record, state: 'hidden' })).toEqual({ appId: 'shop', health: 'stopped' });
  });

  it('serves the oldest generation that anybody is answered by', () => {
    expect(look([serves(2), serves(1)])).toMatchObject({ active: seen(1), health: 'running' });
    expect(look([serves(2), serves(2)])).toMatchObject({ active: seen(2) });
  });

  it('has a candidate only where every agent has it, or has switched to it already', () => {
    expect(look([serves(1, { candidate: named(2) }), serves(1, { candidate: named(2) })])?.candidate).toEqual(seen(2));
    expect(look([serves(2), serves(1, { candidate: named(2) })])?.candidate).toEqual(seen(2));
    expect(look([serves(1), serves(1, { candidate: named(2) })])?.candidate).toBeUndefined();
    expect(look([undefined, serves(1, { candidate: named(2) })])?.candidate).toBeUndefined();
    expect(look([serves(2)])?.candidate).toBeUndefined();
  });

  it.each([
    [[serves(1), serves(1, { phase: 'crashed' })], 'running'],
    [[makeState({ phase: 'asleep', sleeping: named(1), asleep: 'gone' })], 'asleep'],
    [[serves(1, { phase: 'crashed' })], 'crashed'],
  ] as [AppState[], string][])('is as well as the best of its pods', (states, health) => {
    expect(look(states)).toMatchObject({ active: seen(1), health });
  });

  it('is what it was, and crashed, while its only pod is replaced', () => {
    expect(look([], record, [])).toMatchObject({ active: seen(1), health: 'crashed', failure: { generation: 1, report: { class: 'killed', message: expect.stringContaining('brought back') } } });
    expect(look([undefined])).toMatchObject({ active: seen(1), health: 'crashed' });
    expect(look([makeState({ phase: 'idle' })])).toMatchObject({ active: seen(1), health: 'crashed' });
    const killed: V1Pod = { ...pod, status: { phase: 'Running', containerStatuses: [{ name: 'runner', image: 'i', imageID: '', ready: false, restartCount: 1, lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }] } };
    expect(look([], record, [killed])?.failure?.report).toMatchObject({ class: 'memory', exitCode: 137 });
  });

  it('serves nothing when its agent went back and what was before did not start either', () => {
    const report = { phase: 'running' as const, class: 'crashed' as const, message: 'gone', frames: [], output: [] };
    expect(look([makeState({ phase: 'crashed', rolledBack: { from: 2, to: 1, report, finding: undefined as never } })])).toMatchObject({ active: undefined, health: 'crashed', rolledBack: { from: 2 } });
  });

  it('has never served when it has no release', () => {
    const fresh = { ...record, release: undefined };
    expect(look([], fresh, [])).toMatchObject({ active: undefined, health: 'stopped' });
    expect(look([makeState({ phase: 'idle', candidate: named(2) })], fresh)).toMatchObject({ active: undefined, candidate: seen(2) });
  });

  it('says of one agent that went back by itself', () => {
    const report = { phase: 'running' as const, class: 'crashed' as const, message: 'gone', frames: [], output: [] };
    expect(look([serves(1, { rolledBack: { from: 2, to: 1, report, finding: undefined as never } }), serves(2)])).toMatchObject({ rolledBack: { from: 2, report } });
  });
});

describe('why nobody of an app answers', () => {
  const waiting = (reason: string, message?: string): V1Pod => ({ ...pod, status: { phase: 'Pending', containerStatuses: [{ name: 'runner', image: 'fapi:no', imageID: '', ready: false, restartCount: 0, state: { waiting: { reason, ...(message ? { message } : {}) } } }] } });
  it.each([
    [[], 'exceeded quota', { type: 'ReplicaFailure', status: 'True', message: 'pods "x" is forbidden: exceeded quota: q' }],
    [[waiting('ErrImagePull', 'no such image')], 'ErrImagePull of fapi:no (no such image)', undefined],
    [[{ ...pod, status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }] } }], 'has no node: 0/1 nodes are available', undefined],
    [[{ ...pod, status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory' } }], 'The node was low on memory', undefined],
    [[waiting('ContainerCreating')], 'is being started', undefined],
  ] as [V1Pod[], string, object | undefined][])('is told in the words of the cluster', (pods, words, condition) => {
    expect(explainPods(pods, condition ? ({ status: { replicas: 0, conditions: [condition] } } as never) : undefined)).toContain(words);
  });
});

it('calls an agent fresh that serves nothing of an app and waits for nothing', () => {
  expect([undefined, makeState({ phase: 'idle' }), makeState({ phase: 'idle', candidate: named(2) })].every(isFresh)).toBe(true);
  expect([serves(1), makeState({ phase: 'asleep', sleeping: named(1) }), makeState({ phase: 'crashed' })].some(isFresh)).toBe(false);
});
