import type { filesEnglish } from '../strings/files.ts';
import type { Translation } from '../strings.ts';

export const filesGerman = {
  addFolder: 'Neuer Ordner',
  folderPath: 'Pfad des neuen Ordners und seiner ersten Datei',
  renameFolder: 'Ordner umbenennen',
  removeFolder: 'Ordner löschen',
  moreForFiles: 'Weitere Aktionen für Dateien',
  fileCut: (path) => `${path} ist ausgeschnitten: In einen Ordner einfügen verschiebt es.`,
  fileAdded: (path) => `${path} wurde hinzugefügt.`,
  fileMoved: (path, to) => `${path} ist jetzt ${to}.`,
  fileRemoved: (path) => `${path} wurde gelöscht.`,
  folderRemoved: (path, count, isOne) => `${path} wurde mit ${count} ${isOne ? 'Datei' : 'Dateien'} gelöscht.`,
  fileActUndone: 'Rückgängig gemacht.',
  notUndone: (paths) => `Nicht rückgängig gemacht, weil es seitdem geändert wurde: ${paths}`,
  moreNames: (names, count) => `${names} und ${count} weitere`,
  binaryTitle: 'Diese Datei ist kein Text',
  binaryText: (size) => `Es sind ${size}, die die App ausliefern oder lesen kann. Um die Datei zu ändern, fügen Sie sie noch einmal hinzu.`,
  moveInside: 'Ein Ordner kann nicht in sich selbst verschoben werden.',
  folderTaken: 'Es gibt schon einen Ordner mit diesem Pfad.',
  pathLetters: (letter) => `„${letter}“ kann nicht in einem Namen stehen. Verwenden Sie Buchstaben A bis Z, Ziffern, _ . und -.`,
  pathReserved: (name) => `Windows behält den Namen ${name} für sich.`,
} as const satisfies Translation<typeof filesEnglish>;
