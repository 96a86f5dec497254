import { describe, expect, it } from 'vitest';
import { beginProgress, closeStage, openStage, settle } from './progress.ts';
import type { Observed } from './runtime/runtime.ts';
import { makeStatus } from './status.ts';
import { makeRemoval, makeSpec } from './test-parts/messages.ts';
import { RunnerStatus } from './work/messages.ts';
import * as z from 'zod/mini';

const at = '2026-01-01T00:00:00.000Z';
const spec = makeSpec('a', 5);
const removal = makeRemoval('a', 6);
const begun = beginProgress(spec);
const preparing = openStage(closeStage(openStage(begun, 'validating', at), 'validating', at, 3), 'preparing', at);
const stages = [{ name: 'validating', startedAt: at, endedAt: at, durationMs: 3 }, { name: 'preparing', startedAt: at }] as const;
const ended = [stages[0], { ...stages[1], endedAt: at }];
const former: Observed = { appId: 'a', health: 'running', active: { generation: 4, revision: 'sha256:4' } };
const report = { phase: 'import' as const, class: 'import' as const, message: 'No module named x', frames: [{ file: 'main.py', line: 3 }], output: ['last words'], hint: 'spell it' };
const finding = { code: 'SYN1', severity: 'error' as const, source: 'compile', file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'invalid syntax' };
const base = { schema: 1, appId: 'a', generation: 5 };

const table: readonly [title: string, status: RunnerStatus, expected: object][] = [
  ['of an app that nobody has begun', makeStatus(spec, undefined, begun), { ...base, phase: 'working', stages: [], health: 'unknown' }],
  ['of work under way, with what serves meanwhile', makeStatus(spec, former, preparing), { ...base, phase: 'working', stages, health: 'running', serving: former.active }],
  ['of a live app', makeStatus(spec, { ...former, active: { generation: 5, revision: 'sha256:5' } }, settle(preparing, at, { phase: 'live' })), { ...base, phase: 'live', stages: ended, health: 'running', serving: { generation: 5, revision: 'sha256:5' } }],
  ['of an adopted live app, without stages of its own', makeStatus(spec, former, settle(begun, at, { phase: 'live' })), { ...base, phase: 'live', stages: [], health: 'running', serving: former.active }],
  ['of a live app that crashed: how it crashed', makeStatus(spec, { appId: 'a', health: 'crashed', failure: { generation: 5, report } }, settle(preparing, at, { phase: 'live' })), { ...base, phase: 'live', stages: ended, health: 'crashed', crash: report }],
  ['of a running app that crashed before: no crash', makeStatus(spec, { ...former, failure: { generation: 4, report } }, begun), { ...base, phase: 'working', stages: [], health: 'running', serving: former.active }],
  ['of a running app that crashes again and again: how it crashed', makeStatus(spec, { ...former, isCrashLooping: true, failure: { generation: 4, report } }, begun), { ...base, phase: 'working', stages: [], health: 'running', serving: former.active, crash: report, isCrashLooping: true }],
  ['of a running app that cannot do all', makeStatus(spec, { ...former, trouble: { ...report, phase: 'running', class: 'memory' } }, begun), { ...base, phase: 'working', stages: [], health: 'running', serving: former.active, trouble: { ...report, phase: 'running', class: 'memory' } }],
  ['of work under way after the runner went back: from what, and why', makeStatus(spec, { ...former, rolledBack: { from: 3, report } }, preparing), { ...base, phase: 'working', stages, health: 'running', serving: former.active, rolledBack: { from: 3, report } }],
  ['of an app that is gone', makeStatus(removal, undefined, settle(beginProgress(removal), at, { phase: 'removed' })), { ...base, generation: 6, phase: 'removed', stages: [], health: 'stopped' }],
  ['of a cancelled deployment', makeStatus(spec, former, settle(preparing, at, { phase: 'cancelled' })), { ...base, phase: 'cancelled', stages: ended, health: 'running', serving: former.active }],
  ['fails halfway: reason, message and report, and the former revision that still serves', makeStatus(spec, former, settle(preparing, at, { phase: 'failed', reason: 'import_failed', message: report.message, failure: report })), { ...base, phase: 'failed', stages: ended, health: 'running', serving: former.active, reason: 'import_failed', message: 'No module named x', failure: report }],
  ['fails halfway: every finding', makeStatus(spec, former, settle(preparing, at, { phase: 'failed', reason: 'validation_failed', message: 'invalid syntax', findings: [finding] })), { ...base, phase: 'failed', stages: ended, health: 'running', serving: former.active, reason: 'validation_failed', message: 'invalid syntax', findings: [finding] }],
  ['fails halfway: nobody could be asked', makeStatus(spec, undefined, settle(preparing, at, { phase: 'failed', reason: 'runner_lost', message: 'nobody answered' })), { ...base, phase: 'failed', stages: ended, health: 'unknown', reason: 'runner_lost', message: 'nobody answered' }],
];

describe('the status', () => {
  it.each(table)('%s', (_title, status, expected) => {
    expect(status).toEqual(expected);
    expect(z.parse(RunnerStatus, JSON.parse(JSON.stringify(status))), 'it can be read on the other side').toEqual(expected);
  });

  it('is the same text for the same facts, so that nothing new is not published', () => {
    expect(JSON.stringify(makeStatus(spec, former, preparing))).toBe(JSON.stringify(makeStatus(spec, structuredClone(former), structuredClone(preparing))));
  });
});
