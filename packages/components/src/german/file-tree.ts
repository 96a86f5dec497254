import type { fileTreeEnglish } from '../strings/file-tree.ts';
import type { Translation } from '../strings.ts';

export const fileTreeGerman = {
  renameHint: 'Datei umbenennen (F2)',
  removeHint: 'Datei löschen (Entf)',
  removeFolderHint: 'Ordner löschen (Entf)',
  newPath: 'Pfad der neuen Datei',
  renamePath: (path) => `Neuer Name für ${path}`,
  pathEmpty: 'Eine Datei braucht einen Pfad.',
  pathShape: 'Erlaubt sind Buchstaben, Ziffern, _ . und -, mit / zwischen Ordnern.',
  pathStart: 'Jeder Name beginnt mit einem Buchstaben, einer Ziffer oder _.',
  pathDeep: (limit) => `Ein Pfad hat höchstens ${limit} Teile.`,
  pathLong: (limit) => `Ein Pfad hat höchstens ${limit} Zeichen.`,
  pathTaken: 'Es gibt schon eine Datei mit diesem Pfad.',
  pathTwin: (other) => `${other} gibt es schon, und die Namen unterscheiden sich nur in Groß- und Kleinschreibung.`,
  pathFolder: (other) => `Ein Name ist entweder eine Datei oder ein Ordner, und ${other} gibt es schon.`,
} as const satisfies Translation<typeof fileTreeEnglish>;
