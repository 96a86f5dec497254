import type { LogLine } from '@fapi/sdk/contract';
import type { Strings } from '../../strings.ts';

/** What steers a terminal: colours, the cursor, the title of its window, links. One that has no end takes the rest of its line. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~]?)|\u009b[0-?]*[ -/]*[@-~]?/g;
/** What is not seen and changes what is: control characters but Tab, and what turns the direction of a text or hides in it. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unseen = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

const remembered = new WeakMap<LogLine, string>();

/** Has lines of ours, not of the app, read in the reader's language from here on: where they are drawn, searched and copied. */
export function sayOurs(lines: readonly LogLine[], { runnerSays }: Strings): void {
  for (const line of lines) if (line.stream === 'system') remembered.set(line, runnerSays(line.text.replaceAll(escapes, '')));
}

/** A line without what steers a terminal, whole: what is searched and copied. */
export function plainText(line: LogLine): string {
  const known = remembered.get(line);
  if (known !== undefined) return known;
  if (!line.text.includes('\u001b') && !line.text.includes('\u009b')) return line.text;
  const text = line.text.replaceAll(escapes, '');
  remembered.set(line, text);
  return text;
}

/** A text as it may be drawn: its first letters, with a visible mark in place of each that is not seen. As long as they are, so that places in one are places in the other. */
export function drawnText(text: string, letters: number): string {
  return text.slice(0, letters).toWellFormed().replaceAll(unseen, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}
