import { styleText } from 'node:util';
import type { World } from '../world.ts';

export type Style = Parameters<typeof styleText>[0];

/**
 * What people read: results on stdout, all else on stderr. With `--json` both are silent, and stdout has documents only.
 */
export interface Output {
  readonly isJson: boolean;
  /** Lines may be drawn over: stderr is a terminal. */
  readonly isLive: boolean;
  readonly columns: number;
  /** A result. */
  line(text: string): void;
  /** What is said besides the results. */
  note(text: string): void;
  /** Draws over the present line of stderr, without an end; '' wipes it. Only where `isLive`. */
  draw(text: string): void;
  /** A document of what goes on; nothing without `--json`. */
  event(document: Record<string, unknown>): void;
  style(style: Style, text: string): string;
}

export function createOutput({ stdout, stderr, env }: World, { isJson, hasColours }: { isJson: boolean; hasColours: boolean }): Output {
  const isLive = !isJson && stderr.isTTY === true && env['TERM'] !== 'dumb';
  // Colours must not get into a file through either of the two.
  const isColoured = hasColours && !env['NO_COLOR'] && stdout.isTTY === true && stderr.isTTY === true && env['TERM'] !== 'dumb';
  let isDrawn = false;
  const wipe = (): void => {
    if (isDrawn) stderr.write('\r\u001b[2K');
    isDrawn = false;
  };
  return {
    isJson, isLive,
    columns: (stdout.isTTY ? stdout.columns : stderr.columns) || 80,
    line(text) {
      wipe();
      if (!isJson) stdout.write(`${harmless(text)}\n`);
    },
    note(text) {
      wipe();
      if (!isJson) stderr.write(`${harmless(text)}\n`);
    },
    draw(text) {
      if (!isLive) return;
      wipe();
      isDrawn = text !== '';
      stderr.write(text);
    },
    event(document) {
      if (isJson) stdout.write(`${JSON.stringify(document)}\n`);
    },
    style: (style, text) => (isColoured ? styleText(style, text, { validateStream: false }) : text),
  };
}

/** Columns of text, each as wide as its widest cell; the last one is cut at `columns`. */
export function layTable(rows: readonly (readonly string[])[], columns: number): string[] {
  const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => row[index]!.length)));
  return rows.map((row) => {
    const text = row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index]!))).join('  ');
    return text.length > columns ? `${text.slice(0, columns - 1)}…` : text.trimEnd();
  });
}

const escaped = (character: string): string => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;

/** What came from elsewhere must not steer the terminal: control characters are shown, not obeyed. Tabs stay. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
export const plain = (text: string): string => text.replaceAll(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, escaped);

/** The same for all that is printed, whoever has forgotten it: colours and ends of line stay. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const harmless = (text: string): string => text.replaceAll(/\u001b\[[0-9;]*m|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (found) => (found.length > 1 ? found : escaped(found)));
