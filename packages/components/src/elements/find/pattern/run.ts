import type { Instruction } from './program.ts';
import type { Assertion } from './syntax.ts';

/** UTF-16 offsets: the whole, then each group, start and end; -1 for a group that took no part. */
export type Slots = readonly number[];

/**
 * Finds the first match at or after an offset, as JavaScript would choose it, and what its groups have taken. All ways through the pattern are followed at once, character by character,
 * so that the time is bounded by the length of the line times the size of the program: no expression hangs the page.
 * Nothing is taken from `end` on; an assertion sees what comes there.
 */
export function createMachine(program: readonly Instruction[], groups: number): (line: string, from: number, end: number) => Slots | undefined {
  const seen = new Int32Array(program.length).fill(-1);
  let [now, next]: [Thread[], Thread[]] = [[], []];
  let round = 0;

  function add(threads: Thread[], at: number, line: string, offset: number, slots: Slots): void {
    if (seen[at] === round) return;
    seen[at] = round;
    const instruction = program[at]!;
    switch (instruction.op) {
      case 'jump': return add(threads, instruction.to, line, offset, slots);
      case 'split':
        add(threads, instruction.first, line, offset, slots);
        return add(threads, instruction.second, line, offset, slots);
      case 'save': return add(threads, at + 1, line, offset, slots.with(instruction.slot, offset));
      case 'assert': return holds(instruction.what, line, offset) ? add(threads, at + 1, line, offset, slots) : undefined;
      default: threads.push({ at, slots });
    }
  }

  return (line, from, end) => {
    const empty = Array.from({ length: 2 * groups + 2 }, () => -1);
    let found: Slots | undefined;
    now.length = 0;
    // What is reached at an offset is of one round: a way that begins there comes after those under way.
    round += 1;
    for (let offset = from; ; ) {
      if (!found) add(now, 0, line, offset, empty.with(0, offset));
      if (now.length === 0 && (found || offset >= end)) return found;
      const point = offset < end ? line.codePointAt(offset)! : -1;
      const after = offset + (point > 0xffff ? 2 : 1);
      round += 1;
      for (const { at, slots } of now) {
        const instruction = program[at]!;
        if (instruction.op === 'match') {
          found = slots.with(1, offset);
          // Whatever comes after it in order is not what would be chosen.
          break;
        }
        if (instruction.op === 'char' && point !== -1 && instruction.test(point)) add(next, at + 1, line, after, slots);
      }
      [now, next] = [next, now];
      next.length = 0;
      if (point === -1) return found;
      offset = after;
    }
  };
}

interface Thread { readonly at: number; readonly slots: Slots }

const isWordCode = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);

/** Does an assertion hold between two characters? */
export function holds(what: Assertion, line: string, offset: number): boolean {
  if (what === 'start') return offset === 0;
  if (what === 'end') return offset === line.length;
  const isEdge = isWordCode(line.charCodeAt(offset - 1)) !== isWordCode(line.charCodeAt(offset));
  return isEdge === (what === 'word');
}
