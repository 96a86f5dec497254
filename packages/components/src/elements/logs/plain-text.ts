import type { LogLine } from '@fapi/sdk/contract';
import type { Strings } from '../../strings.ts';

/** What steers a terminal: colours, the cursor, the title of its window, links. One that has no end takes the rest of its line. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~]?)|\u009b[0-?]*[ -/]*[@-~]?/g;
/** What is not seen and changes what is: control characters but Tab, and what turns the direction of a text or hides in it. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const unseen = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** By the words of whoever reads: two lists of one app may speak two languages, and words that come later are another table. */
const remembered = new WeakMap<Strings, WeakMap<LogLine, string>>();

/** A line without what steers a terminal, whole, one of ours in the reader's language: what is drawn, searched and copied. */
export function plainText(line: LogLine, strings: Strings): string {
  const isOurs = line.stream === 'system';
  if (!isOurs && !line.text.includes('\u001b') && !line.text.includes('\u009b')) return line.text;
  const texts = remembered.get(strings) ?? new WeakMap<LogLine, string>();
  remembered.set(strings, texts);
  const known = texts.get(line);
  if (known !== undefined) return known;
  const stripped = line.text.replaceAll(escapes, '');
  const text = isOurs ? strings.runnerSays(stripped) : stripped;
  texts.set(line, text);
  return text;
}

/** A text as it may be drawn: its first letters, with a visible mark in place of each that is not seen. As long as they are, so that places in one are places in the other. */
export function drawnText(text: string, letters: number): string {
  return text.slice(0, letters).toWellFormed().replaceAll(unseen, (letter) => {
    const code = letter.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}
