import type { Instruction } from './program.ts';
import { holds } from './run.ts';

const [char, assert, split, jump, match, save] = [0, 1, 2, 3, 4, 5];
const codes = { char, assert, split, jump, match, save } as const;

/**
 * As `createMachine`, but it only says where a match begins and ends (as one number, `end * 2 ** 21 + start`; -1 for none), and makes nothing on the way: it looks at each character of a project.
 * `end` is below 2 ** 21.
 */
export function createScanner(program: readonly Instruction[]): (line: string, from: number, end: number) => number {
  const size = program.length;
  const op = Uint8Array.from(program, (instruction) => codes[instruction.op]);
  const one = Int32Array.from(program, (instruction) => (instruction.op === 'split' ? instruction.first : instruction.op === 'jump' ? instruction.to : 0));
  const two = Int32Array.from(program, (instruction) => (instruction.op === 'split' ? instruction.second : 0));
  const tests = program.map((instruction) => (instruction.op === 'char' ? instruction.test : undefined));
  const seen = new Int32Array(size).fill(-1);
  let [nowAt, nowStart, nextAt, nextStart] = [new Int32Array(size), new Int32Array(size), new Int32Array(size), new Int32Array(size)];
  let [round, count] = [0, 0];

  function add(at: number, line: string, offset: number, start: number): void {
    for (;;) {
      if (seen[at] === round) return;
      seen[at] = round;
      const code = op[at];
      if (code === jump) at = one[at]!;
      else if (code === split) {
        add(one[at]!, line, offset, start);
        at = two[at]!;
      } else if (code === save) at += 1;
      else if (code === assert) {
        const instruction = program[at] as Extract<Instruction, { op: 'assert' }>;
        if (!holds(instruction.what, line, offset)) return;
        at += 1;
      } else {
        nextAt[count] = at;
        nextStart[count] = start;
        count += 1;
        return;
      }
    }
  }

  return (line, from, end) => {
    let found = -1;
    round += 1;
    count = 0;
    for (let offset = from; ; ) {
      // What goes on came first, and is preferred to what begins here.
      if (found === -1) add(0, line, offset, offset);
      [nowAt, nextAt] = [nextAt, nowAt];
      [nowStart, nextStart] = [nextStart, nowStart];
      const threads = count;
      count = 0;
      if (threads === 0 && (found !== -1 || offset >= end)) return found;
      const point = offset < end ? line.codePointAt(offset)! : -1;
      const after = offset + (point > 0xffff ? 2 : 1);
      round += 1;
      for (let index = 0; index < threads; index++) {
        const at = nowAt[index]!;
        if (op[at] === match) {
          found = offset * 2 ** 21 + nowStart[index]!;
          break;
        }
        if (point !== -1 && tests[at]!(point)) add(at + 1, line, after, nowStart[index]!);
      }
      if (point === -1) return found;
      offset = after;
    }
  };
}
