import { describe, expect, it } from 'vitest';
import { beginProgress, closeStage, openStage, type Progress, settle } from './progress.ts';
import { makeSpec } from './test-parts/messages.ts';

const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
const begun = beginProgress(makeSpec('a', 3));
const open: Progress = { ...begun, stages: [{ name: 'validating', startedAt: at(0) }] };
const closed: Progress = { ...begun, stages: [{ name: 'validating', startedAt: at(0), endedAt: at(1), durationMs: 7 }] };
const second: Progress = { ...begun, stages: [...closed.stages, { name: 'preparing', startedAt: at(1) }] };

const table: readonly [title: string, change: () => Progress, result: Progress][] = [
  ['begins with nothing done', () => begun, { generation: 3, stages: [], isValidated: false }],
  ['opens a stage', () => openStage(begun, 'validating', at(0)), open],
  ['nothing to do: a stage that is open keeps its first start', () => openStage(open, 'validating', at(5)), open],
  ['nothing to do: a stage that has ended is not opened again', () => openStage(closed, 'validating', at(5)), closed],
  ['closes a stage with the time its work took', () => closeStage(open, 'validating', at(1), 7), closed],
  ['closes a stage without a measured time', () => closeStage(open, 'validating', at(1)), { ...begun, stages: [{ name: 'validating', startedAt: at(0), endedAt: at(1) }] }],
  ['nothing to do: a stage that has ended keeps its first end', () => closeStage(closed, 'validating', at(5), 9), closed],
  ['nothing to do: a stage that never began is not closed', () => closeStage(closed, 'starting', at(5)), closed],
  ['keeps what was done when the next stage opens', () => openStage(closed, 'preparing', at(1)), second],
  ['settles between two stages', () => settle(closed, at(4), { phase: 'cancelled' }), { ...closed, outcome: { phase: 'cancelled' } }],
  ['fails halfway: the open stage ends with the generation', () => settle(second, at(4), { phase: 'failed', reason: 'import_failed' }), { ...begun, stages: [...closed.stages, { name: 'preparing', startedAt: at(1), endedAt: at(4) }], outcome: { phase: 'failed', reason: 'import_failed' } }],
  ['fails halfway: before any stage', () => settle(begun, at(4), { phase: 'failed', reason: 'runner_lost' }), { ...begun, outcome: { phase: 'failed', reason: 'runner_lost' } }],
  ['fails halfway: an interrupted stage that is done again keeps its first start and gets its end', () => closeStage(openStage(open, 'validating', at(3)), 'validating', at(4)), { ...begun, stages: [{ name: 'validating', startedAt: at(0), endedAt: at(4) }] }],
];

describe('progress', () => {
  it.each(table)('%s', (_title, change, result) => {
    expect(change()).toEqual(result);
  });

  it('never changes what it was given', () => {
    const before = structuredClone([begun, open, closed, second]);
    for (const [, change] of table) change();
    expect([begun, open, closed, second]).toEqual(before);
  });
});
