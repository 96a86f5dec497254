import type { LogLine } from '../../contract/logs.ts';
import { type Output, plain } from './output.ts';

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const colour = /\u001b\[[0-9;]*m/g;

/** Prints what an app has printed: its time, then its text, of which no more than colours reaches the terminal. */
export function createLogPrinter(output: Output): (line: LogLine) => void {
  const isColoured = output.style('red', 'x') !== 'x';
  return (line) => {
    output.event({ type: 'log', ...line });
    const { at, stream, text } = line;
    const pieces = isColoured ? `${text.split(colour).map(plain).reduce((all, piece, index) => `${all}${index === 0 ? '' : (text.match(colour)?.[index - 1] ?? '')}${piece}`, '')}${colour.test(text) ? '\u001b[0m' : ''}` : plain(text.replaceAll(colour, ''));
    colour.lastIndex = 0;
    output.line(`${output.style('dim', at.slice(11, 23))} ${stream === 'system' ? output.style('cyan', `-- ${pieces}`) : stream === 'stderr' && !pieces.includes('\u001b') ? output.style('yellow', pieces) : pieces}`);
  };
}
