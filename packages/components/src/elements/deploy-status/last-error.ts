import type { FailureReport, Frame, LogLine } from '@fapi/sdk/contract';

export interface LastError { readonly at: string; readonly report: FailureReport }

/** What uvicorn says before the traceback of a request that was answered with 500. */
const lead = 'ERROR: Exception in ASGI application';
const header = /^(?:  \+ Exception Group )?Traceback \(most recent call last\):$/;
const framePattern = /^ *(?:\| +)?File "(.+)", line (\d+)(?:, in (.+))?$/;
const errorPattern = /^(?:  \| )?([A-Za-z_][\w.]*)(?:: (.*))?$/;

/**
 * The newest error of one generation that a request was answered with 500 for, from the traceback in its output; undefined when there is none.
 * Only frames in `files`, the builder's own, are places to go to.
 */
export function findLastError(logs: readonly LogLine[], generation: number, files: ReadonlySet<string>): LastError | undefined {
  const from = logs.findLastIndex((line) => line.generation === generation && line.stream === 'stderr' && line.text === lead);
  if (from === -1) return undefined;
  const after = logs.slice(from + 1).filter((line) => line.generation === generation && line.stream === 'stderr').map((line) => line.text);
  // The last traceback of a chain is the error that nobody caught: those before it are what it came from.
  const start = findLastHeader(after);
  if (start === -1) return undefined;
  const frames: Frame[] = [];
  for (let index = start + 1; index < after.length; index++) {
    const text = after[index]!;
    const [, file, line, name] = framePattern.exec(text) ?? [];
    if (file !== undefined) {
      if (files.has(file)) frames.push({ file, line: Number(line), ...(name === undefined ? {} : { function: name }), ...sourceIn(after[index + 1]) });
      continue;
    }
    const [, type, message = ''] = errorPattern.exec(text) ?? [];
    // Whatever is indented is a line of code or marks a part of it.
    if (type !== undefined) return { at: logs[from]!.at, report: { phase: 'running', class: 'crashed', type, message: message || type, frames, output: [] } };
  }
  return undefined;
}

/** Of the chain that begins the text: what is printed after an error ends it. */
function findLastHeader(lines: readonly string[]): number {
  if (!header.test(lines[0] ?? '')) return -1;
  let last = 0;
  for (let index = 1; index < lines.length && lines[index] !== lead; index++) {
    if (header.test(lines[index]!) && /^(?:The above exception was|During handling of the above)/.test(lines[index - 2] ?? '')) last = index;
  }
  return last;
}

const sourceIn = (text: string | undefined): { source?: string } => (text?.startsWith('    ') ? { source: text.trim() } : {});
