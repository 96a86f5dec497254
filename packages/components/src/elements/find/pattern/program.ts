import { PatternError, type Assertion, type Node, type Syntax } from './syntax.ts';

export type Instruction =
  | { readonly op: 'char'; readonly test: (point: number) => boolean }
  | { readonly op: 'assert'; readonly what: Assertion }
  | { readonly op: 'save'; readonly slot: number }
  /** The first way is preferred. */
  | { op: 'split'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'match' };

/** Each is looked at once per character: this many is what a page can wait for. */
const instructionsMax = 1_000;
/** Steps of writing it: a repeat of nothing takes no instruction, and may be told to go on for ever. */
const stepsMax = 100 * instructionsMax;

/** A program for the machine of `run.ts`; repeats with a count are written out. */
export function compile({ root }: Syntax, isCaseKept: boolean, isWholeWord: boolean): readonly Instruction[] {
  const program: Instruction[] = [];
  const tests = new Map<string, (point: number) => boolean>();
  const testOf = (source: string): ((point: number) => boolean) => {
    const found = tests.get(source) ?? makeTest(source, isCaseKept);
    tests.set(source, found);
    return found;
  };
  const put = <T extends Instruction>(instruction: T): T => {
    if (program.length >= instructionsMax) throw new PatternError('large');
    program.push(instruction);
    return instruction;
  };
  function emitSplit(isLazy: boolean, emitInner: () => void): void {
    const split = put({ op: 'split', first: 0, second: 0 });
    const inner = program.length;
    emitInner();
    [split.first, split.second] = isLazy ? [program.length, inner] : [inner, program.length];
  }
  let steps = 0;
  function emit(node: Node): void {
    if (++steps > stepsMax) throw new PatternError('large');
    switch (node.kind) {
      case 'char': return void put({ op: 'char', test: testOf(node.source) });
      case 'assert': return void put({ op: 'assert', what: node.what });
      case 'sequence': return node.parts.forEach(emit);
      case 'group':
        put({ op: 'save', slot: 2 * node.index });
        emit(node.part);
        return void put({ op: 'save', slot: 2 * node.index + 1 });
      case 'either': {
        const ends = node.parts.slice(0, -1).map((part) => {
          const split = put({ op: 'split', first: program.length + 1, second: 0 });
          emit(part);
          const end = put({ op: 'jump', to: 0 });
          split.second = program.length;
          return end;
        });
        emit(node.parts.at(-1)!);
        for (const end of ends) end.to = program.length;
        return;
      }
      case 'repeat': {
        for (let count = 0; count < node.least; count++) emit(node.part);
        if (node.most === Infinity) {
          const start = program.length;
          emitSplit(node.isLazy, () => {
            emit(node.part);
            put({ op: 'jump', to: start });
          });
        } else emitUpTo(node, node.most - node.least);
      }
    }
  }
  /** One inside the other: without the first there is no second. */
  function emitUpTo(node: Extract<Node, { kind: 'repeat' }>, count: number): void {
    if (count <= 0) return;
    emitSplit(node.isLazy, () => {
      emit(node.part);
      emitUpTo(node, count - 1);
    });
  }
  if (isWholeWord) put({ op: 'assert', what: 'word' });
  emit(root);
  if (isWholeWord) put({ op: 'assert', what: 'word' });
  put({ op: 'match' });
  return program;
}

/** The browser's own engine says which characters a class holds: one at a time, so that it has nothing to go back for. */
function makeTest(source: string, isCaseKept: boolean): (point: number) => boolean {
  const expression = new RegExp(`^(?:${source})$`, isCaseKept ? 'su' : 'isu');
  const known = new Int8Array(128);
  const others = new Map<number, boolean>();
  return (point) => {
    if (point < 128) {
      if (known[point] === 0) known[point] = expression.test(String.fromCharCode(point)) ? 1 : -1;
      return known[point] === 1;
    }
    let is = others.get(point);
    if (is === undefined) others.set(point, (is = expression.test(String.fromCodePoint(point))));
    return is;
  };
}
