import type { AppFile } from '@fapi/sdk/contract';
import type { FileMove } from '../../../editor/language/types.ts';
import { maskedPython } from './masked.ts';
import { absoluteOf, lastOf, movedModules, packageOf, parentOf, relativeOf } from './modules.ts';

interface Edit { readonly from: number; readonly to: number; readonly insert: string }
interface Piece { readonly from: number; readonly to: number; readonly name: string; readonly alias: string | undefined }
interface Around { readonly masked: string; readonly moved: ReadonlyMap<string, string>; readonly oldPackage: string; readonly newPackage: string }

/** Each part of it has one way to match, and a list in brackets an end: a text that is made to be slow is not. */
const statement = /(?:^|[;:])([ \t]*)(?:from[ \t]+(?=[.\p{L}_])(\.*)([\p{L}_][\p{L}\p{N}_.]*)?[ \t]+import[ \t]*(\([^)]{0,5000}\)|(?:[^\n;\\]|\\\r?\n)+)|import[ \t]+((?:[^\n;\\]|\\\r?\n)+))/gmu;
const pieceOf = /([\p{L}_][\p{L}\p{N}_.]*|\*)(?:[\s\\]+as[\s\\]+([\p{L}_][\p{L}\p{N}_]*))?/gu;

/**
 * The files whose imports name a module by the path that it had before `moves`, with those imports by its new path; `files` are after the moves.
 * Names stay what they are in the rest of a file, with `as` where that takes one.
 */
export function rewriteImports(files: readonly AppFile[], moves: readonly FileMove[]): AppFile[] {
  const moved = movedModules(moves);
  const oldPaths = new Map(moves.map(({ from, to }) => [to, from]));
  return files.flatMap((file) => {
    if (!file.path.endsWith('.py') || file.encoding) return [];
    const masked = maskedPython(file.content);
    const around = { masked, moved, oldPackage: packageOf(oldPaths.get(file.path) ?? file.path), newPackage: packageOf(file.path) };
    const edits = editsOf(file.content, around);
    return edits.length === 0 ? [] : [{ ...file, content: made(file.content, edits) }];
  });
}

function editsOf(text: string, around: Around): Edit[] {
  const edits: Edit[] = [];
  const uses = new Map<string, string>();
  const statements: { from: number; to: number }[] = [];
  for (const match of around.masked.matchAll(statement)) {
    const from = match.index + match[0].search(/from|import/);
    statements.push({ from, to: match.index + match[0].length });
    if (match[5] === undefined) edits.push(...fromEdits(text, match, from, around));
    else for (const piece of piecesIn(match[5], match.index + match[0].length - match[5].length)) {
      const to = around.moved.get(piece.name);
      if (to === undefined) continue;
      // A name of one part may be another thing elsewhere in the file; one with dots is not.
      const isPlain = !piece.name.includes('.');
      edits.push({ from: piece.from, to: piece.from + piece.name.length, insert: isPlain && piece.alias === undefined ? `${to} as ${piece.name}` : to });
      if (!isPlain && piece.alias === undefined) uses.set(piece.name, to);
    }
  }
  if (uses.size === 0) return edits;
  // The longest first: `a.b.c` is no use of `a.b`.
  const names = [...uses.keys()].toSorted((a, b) => b.length - a.length).map((name) => name.replaceAll('.', String.raw`\.`)).join('|');
  for (const { 0: name, index } of around.masked.matchAll(new RegExp(String.raw`(?<![\p{L}\p{N}_.])(?:${names})(?![\p{L}\p{N}_])`, 'gu'))) {
    if (!statements.some(({ from, to: end }) => index >= from && index < end)) edits.push({ from: index, to: index + name.length, insert: uses.get(name)! });
  }
  return edits;
}

/** Of `from … import …`: in its place where all names are in one module still, else the ones that are elsewhere get a line of their own. */
function fromEdits(text: string, match: RegExpExecArray, from: number, { moved, oldPackage, newPackage }: Around): Edit[] {
  const [whole, indent = '', dots = '', module = '', list = ''] = match;
  const base = absoluteOf(dots + module, oldPackage);
  if (base === undefined) return [];
  const end = match.index + whole.length;
  const pieces = piecesIn(list, end - list.length);
  const isIn = (name: string): string => (base === '' ? name : `${base}.${name}`);
  const news = pieces.map((piece) => {
    const whereTo = moved.get(isIn(piece.name));
    return whereTo === undefined ? { piece, base: moved.get(base) ?? base, name: piece.name } : { piece, base: parentOf(whereTo), name: lastOf(whereTo) };
  });
  const written = (to: string): string => (dots === '' ? to : relativeOf(to, newPackage));
  const word = ({ piece, name }: (typeof news)[number]): string => (name === piece.name ? name + (piece.alias === undefined ? '' : ` as ${piece.alias}`) : `${name} as ${piece.alias ?? piece.name}`);
  const bases = [...new Set(news.map((one) => one.base))];
  const kept = bases.includes(base) ? base : bases.find((one) => one !== '');
  const line = (to: string): string => {
    const own = news.filter((one) => one.base === to).map(word).join(', ');
    return to === '' ? `import ${own}` : `from ${written(to)} import ${own}`;
  };
  if (kept === undefined) return bases.length === 0 ? [] : [{ from, to: end, insert: line('') }];
  const edits: Edit[] = [];
  if (written(kept) !== dots + module) {
    const moduleAt = text.indexOf(dots + module, from + 'from'.length);
    if (moduleAt === -1 || moduleAt >= end - list.length) return [];
    edits.push({ from: moduleAt, to: moduleAt + dots.length + module.length, insert: written(kept) });
  }
  const others = bases.filter((one) => one !== kept);
  // Of one line with others there is no line before.
  if (others.length > 0 && !/^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', from - 1) + 1, from))) return [];
  if (others.length > 0) edits.push({ from, to: from, insert: others.map((to) => `${line(to)}\n${indent}`).join('') });
  const isKept = (one: (typeof news)[number]): boolean => one.base === kept;
  for (const [index, one] of news.entries()) {
    const next = news[index + 1];
    if (isKept(one)) { if (one.name !== one.piece.name) edits.push({ from: one.piece.from, to: one.piece.to, insert: word(one) }); }
    // With the comma behind it, or before it where it is the last.
    else if (next && news.slice(index).some(isKept)) edits.push({ from: one.piece.from, to: next.piece.from, insert: '' });
    else edits.push({ from: Math.max(news[index - 1]!.piece.to, 0), to: one.piece.to, insert: '' });
  }
  return edits;
}

function piecesIn(list: string, at: number): Piece[] {
  return [...list.matchAll(pieceOf)].map(({ 0: all, 1: name, 2: alias, index }) => ({ from: at + index, to: at + index + all.length, name: name!, alias }));
}

function made(text: string, edits: readonly Edit[]): string {
  let [done, at] = ['', 0];
  for (const { from, to, insert } of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    done += text.slice(at, from) + insert;
    at = to;
  }
  return done + text.slice(at);
}
