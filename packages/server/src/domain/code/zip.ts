import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import { type AppFile, type Issue, type LeftOut, limits, type Unpacked } from '@fapi/sdk/contract';
import { DomainError } from '../errors.ts';
import { bytesOf, checkFiles, sortFiles, toContent } from './files.ts';

const [localSignature, centralSignature, endSignature] = [0x04034b50, 0x02014b50, 0x06054b50];
const [localBytes, centralBytes, endBytes] = [30, 46, 22];
const [stored, deflated] = [0, 8];
/** 1980-01-01 00:00, the first moment of the format. */
const dosDate = 0x21;
const utf8Flag = 0x800;
const [unix, fileMode, typeMask, fileType, folderType] = [3, 0o100644, 0o170000, 0o100000, 0o040000];
/** Folders included. */
const entriesMax = 1_000;
const commentMax = 65_535;
/** In archives of ours: their paths are meant as they are. */
const ownComment = Buffer.from('fapi');
/** Deflate cannot do better: more means that entries share their bytes. */
const ratioMax = 1_032;

/** An archive of the files, the same bytes for the same files: sorted by path, with one time and one mode. */
export function makeZip(files: readonly AppFile[]): Buffer<ArrayBuffer> {
  const [locals, centrals]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const file of sortFiles(files)) {
    const [name, text] = [Buffer.from(file.path, 'utf8'), bytesOf(file)];
    const packed = deflateRawSync(text, { level: 9 });
    const facts = Buffer.alloc(26);
    [20, utf8Flag, deflated, 0, dosDate].forEach((value, index) => facts.writeUInt16LE(value, index * 2));
    [crc32(text), packed.length, text.length].forEach((value, index) => facts.writeUInt32LE(value, 10 + index * 4));
    facts.writeUInt16LE(name.length, 22);
    const central = Buffer.alloc(centralBytes);
    central.writeUInt32LE(centralSignature, 0);
    central.writeUInt16LE((unix << 8) | 20, 4);
    facts.copy(central, 6);
    central.writeUInt32LE((fileMode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    const local = Buffer.alloc(4);
    local.writeUInt32LE(localSignature, 0);
    locals.push(local, facts, name, packed);
    centrals.push(central, name);
    offset += localBytes + name.length + packed.length;
  }
  const [directory, end] = [Buffer.concat(centrals), Buffer.alloc(endBytes)];
  end.writeUInt32LE(endSignature, 0);
  for (const place of [8, 10]) end.writeUInt16LE(centrals.length / 2, place);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(ownComment.length, 20);
  return Buffer.concat([...locals, directory, end, ownComment]);
}

interface Entry { name: string; isNamed: boolean; flags: number; method: number; crc: number; packedBytes: number; bytes: number; type: number; offset: number }

const placeOf = (name: string): string => `zip.${name.toWellFormed().slice(0, limits.pathBytes)}`;
const broken = (detail: string): DomainError => new DomainError('zip_invalid', detail);

/**
 * The files of an archive, and what of it no draft has: hidden files, such as those of Git, and what Python keeps for itself; told by their names below the one folder that holds everything.
 * That folder is taken off, except from an archive of ours, which comes back as it went out. What macOS adds is not worth a word.
 * Throws `zip_invalid` for what is no sound archive, `draft_too_large` before more is unpacked than a draft may hold, and `draft_invalid` with an issue for each file that cannot be taken.
 */
export function readZip(bytes: Buffer): Unpacked {
  const entries = readDirectory(bytes).filter(({ name }) => !/^__MACOSX\/|(?:^|\/)\.DS_Store$/.test(name));
  const all = entries.filter(({ name, type }) => !name.endsWith('/') && type !== folderType);
  const left = all.flatMap(({ name }): LeftOut[] => {
    const reason = findReason(name);
    return reason === undefined ? [] : [{ path: name, reason }];
  });
  const named = all.filter(({ name }) => findReason(name) === undefined);
  if (named.length === 0 && left.length > 0) throw broken('all that is in it is hidden, or of no use to an app');
  checkSizes(bytes, named);
  const issues: Issue[] = [];
  const files = named.map((entry): AppFile & { name: string } => {
    const reason = findRefusal(entry);
    if (reason !== undefined) issues.push({ path: placeOf(entry.name), message: `${entry.name}: ${reason}` });
    return { name: entry.name, path: entry.name, ...(reason === undefined ? toContent(readBytes(bytes, entry)) : { content: '' }) };
  });
  const top = bytes.subarray(-ownComment.length).equals(ownComment) ? '' : findTop(files.map(({ name }) => name));
  const made = files.map(({ name, ...file }) => ({ ...file, path: name.slice(top.length) }));
  checkFiles(made, { known: issues, whole: 'zip', placeOf: (index) => placeOf(files[index]!.name) });
  // Names of strangers, which are told and never taken: they need not be well-formed.
  return { files: made, leftOut: left.map(({ path, reason }) => ({ path: (path.startsWith(top) ? path.slice(top.length) : path).toWellFormed(), reason })) };
}

/** Why no draft has it; never for a way up or a name without letters, which has to be refused. */
function findReason(name: string): LeftOut['reason'] | undefined {
  const names = name.split('/');
  if (names.some((one) => /^\.{1,2}$/.test(one))) return undefined;
  if (names.some((one) => one.startsWith('.'))) return 'hidden';
  return names.includes('__pycache__') || /\.py[co]$/.test(name) ? 'cache' : undefined;
}

/** The one folder that every file is in, with its slash. */
function findTop(names: readonly string[]): string {
  const first = names[0] ?? '';
  const top = first.slice(0, first.indexOf('/') + 1);
  // Never what is no name of a folder: it has to be refused.
  return /^[A-Za-z0-9_][A-Za-z0-9_. ()-]*\/$/.test(top) && names.every((name) => name.startsWith(top) && name.length > top.length) ? top : '';
}

function findRefusal({ isNamed, flags, method, type }: Entry): string | undefined {
  if (!isNamed) return 'its name is not in UTF-8';
  if ((flags & 1) !== 0) return 'is encrypted';
  if (type !== 0 && type !== fileType) return 'is a link or a device, and no file';
  return method === stored || method === deflated ? undefined : `is packed in a way that is not read here (${method})`;
}

function checkSizes(bytes: Buffer, entries: readonly Entry[]): void {
  const issues: Issue[] = [];
  const used = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (entries.length > limits.files) issues.push({ path: 'zip', message: 'too many files', used: entries.length, limit: limits.files });
  if (used > limits.draftBytes) issues.push({ path: 'zip', message: 'too many bytes', used, limit: limits.draftBytes });
  if (issues.length > 0) throw new DomainError('draft_too_large', `${issues[0]!.used} of at most ${issues[0]!.limit}`, { issues });
  if (used > bytes.length * ratioMax) throw broken('it holds more than can be packed into its bytes');
}

/** Never unpacks more than the entry says it holds. */
function readBytes(bytes: Buffer, { name, method, crc, packedBytes, bytes: size, offset }: Entry): Buffer {
  if (offset + localBytes > bytes.length || bytes.readUInt32LE(offset) !== localSignature) throw broken(`${name}: is not where the archive says`);
  const start = offset + localBytes + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  const packed = bytes.subarray(start, start + packedBytes);
  if (packed.length !== packedBytes) throw broken(`${name}: the archive is cut off`);
  let text: Buffer;
  try {
    text = method === stored ? packed : size === 0 ? Buffer.alloc(0) : inflateRawSync(packed, { maxOutputLength: size });
  } catch {
    throw broken(`${name}: is damaged, or holds more than the archive says`);
  }
  if (text.length !== size || crc32(text) !== crc) throw broken(`${name}: is damaged`);
  return text;
}

/** By the directory at the end, which alone says what is in the archive. */
function readDirectory(bytes: Buffer): Entry[] {
  const end = findEnd(bytes);
  const [count, size, start] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 12), bytes.readUInt32LE(end + 16)];
  if (count === 0xffff || start === 0xffffffff) throw broken('archives in the zip64 form are not read here');
  if (bytes.readUInt16LE(end + 8) !== count || bytes.readUInt16LE(end + 4) !== 0) throw broken('it is one part of an archive');
  if (count > entriesMax) throw new DomainError('draft_too_large', `${count} entries of at most ${entriesMax}`, { issues: [{ path: 'zip', message: 'too many entries', used: count, limit: entriesMax }] });
  if (start + size > end) throw broken('its directory is not where it says');
  const entries: Entry[] = [];
  for (let at = start; entries.length < count; ) {
    if (at + centralBytes > end || bytes.readUInt32LE(at) !== centralSignature) throw broken('its directory is damaged');
    const nameEnd = at + centralBytes + bytes.readUInt16LE(at + 28);
    if (nameEnd > end) throw broken('its directory is damaged');
    entries.push(readEntry(bytes, at, bytes.subarray(at + centralBytes, nameEnd)));
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

function readEntry(bytes: Buffer, at: number, rawName: Buffer): Entry {
  const name = rawName.toString('utf8');
  const isUnix = bytes.readUInt16LE(at + 4) >> 8 === unix;
  return {
    name, isNamed: Buffer.from(name, 'utf8').equals(rawName),
    flags: bytes.readUInt16LE(at + 8), method: bytes.readUInt16LE(at + 10), crc: bytes.readUInt32LE(at + 16), packedBytes: bytes.readUInt32LE(at + 20), bytes: bytes.readUInt32LE(at + 24),
    type: isUnix ? (bytes.readUInt32LE(at + 38) >>> 16) & typeMask : 0, offset: bytes.readUInt32LE(at + 42),
  };
}

function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - endBytes; at >= Math.max(0, bytes.length - endBytes - commentMax); at--) {
    if (bytes.readUInt32LE(at) === endSignature && at + endBytes + bytes.readUInt16LE(at + 20) === bytes.length) return at;
  }
  throw broken('it is no zip archive');
}
