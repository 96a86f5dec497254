import type { LogLine } from '../contract/logs.ts';
import { keepLines } from './kept-lines.ts';
import type { State } from './state.ts';

/** Takes in what the app prints, from the stream and from answers, whichever comes first. */
export interface Output {
  /** Of the stream: lines, and how many the runner could not keep up with. */
  take(lines: readonly LogLine[], dropped: number): void;
  /** Of an answer: the newest lines there are. */
  takeRead(lines: readonly LogLine[]): void;
  fail(error: unknown): void;
}

export function createOutput(state: State): Output {
  /** Counted as dropped because nobody had brought them: the stream may still do so. */
  let missed = 0;
  return {
    take(lines, dropped) {
      const { logs, droppedLines, forgottenLines } = state.snapshot;
      const kept = keepLines(state.snapshot, lines);
      const last = logs.at(-1)?.seq ?? -1;
      const added = kept ? kept.logs.length + kept.forgottenLines - logs.length - forgottenLines : 0;
      const found = Math.min(missed, Math.max(0, added - lines.filter(({ seq }) => seq > last).length));
      missed -= found;
      state.set({ ...kept, droppedLines: droppedLines + dropped - found });
    },
    takeRead(lines) {
      const { logs, droppedLines } = state.snapshot;
      // More was printed while the stream was away than an answer brings: a hole that nobody is told of would be read as silence.
      const hole = logs.length > 0 && lines.length > 0 ? Math.max(0, lines[0]!.seq - logs.at(-1)!.seq - 1) : 0;
      missed += hole;
      state.set({ ...keepLines(state.snapshot, lines), droppedLines: droppedLines + hole, output: { state: 'ready', error: undefined } });
    },
    fail: (error) => state.set({ output: { state: 'failed', error } }),
  };
}
