import type { importEnglish } from '../strings/import.ts';
import type { Translation } from '../strings.ts';

export const importGerman = {
  filesAdded: (count, isOne) => `${count} ${isOne ? 'Datei wurde' : 'Dateien wurden'} hinzugefügt.`,
  filesReplaced: (count, isOne) => `Der Entwurf hat jetzt die ${count} ${isOne ? 'Datei' : 'Dateien'} des Archivs.`,
  nothingAdded: 'Nichts wurde hinzugefügt.',
  filesLeftOut: (names) => `Ausgelassen: ${names}`,
  filesRenamed: (names) => `Umbenannt, damit sie verwendbar sind: ${names}`,
  namesHidden: (names) => `${names} (versteckt)`,
  namesCache: (names) => `${names} (Zwischenspeicher)`,
  namesUnfit: (names) => `${names} (kein verwendbarer Pfad)`,
  namesUnread: (names) => `${names} (nicht lesbar)`,
  filesThere: (names, isOne) => `${isOne ? 'Gibt es schon' : 'Diese gibt es schon'}: ${names}`,
  replaceThere: (isOne) => `${isOne ? 'Diese' : 'Alle genannten'} ersetzen`,
  keepBoth: 'Beide behalten',
  skipThere: (isOne) => `${isOne ? 'Diese' : 'Alle genannten'} auslassen`,
  archiveHolds: (name, count, isOne) => `${name} enthält ${count} ${isOne ? 'Datei' : 'Dateien'}.`,
  archiveAdds: (count) => `Neu: ${count}`,
  archiveReplaces: (count) => `Im Entwurf mit anderem Inhalt: ${count}`,
  archiveLacks: (count) => `Nicht im Archiv, gelöscht, wenn Sie den ganzen Entwurf ersetzen: ${count}`,
  addToDraft: 'Zum Entwurf hinzufügen',
  replaceDraft: 'Ganzen Entwurf ersetzen',
  tooManyFiles: (used, limit) => `${used} Dateien; ein Entwurf kann ${limit} haben.`,
  tooManyBytes: (used, limit) => `${used}; ein Entwurf kann ${limit} haben.`,
  archiveUnreadable: 'Das ist kein Zip-Archiv, das hier gelesen werden kann.',
  archiveRefused: (what) => `Das Archiv kann nicht importiert werden: ${what}`,
  exportUnsaved: 'Nicht exportiert: Der Entwurf konnte vorher nicht gespeichert werden.',
} as const satisfies Translation<typeof importEnglish>;
