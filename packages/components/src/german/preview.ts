import type { previewEnglish } from '../strings/preview.ts';
import type { Translation } from '../strings.ts';

export const previewGerman = {
  previewOf: (title) => `${title}, live`,
  previewPath: 'Pfad der Seite',
  previewGo: 'Zu diesem Pfad gehen',
  previewBack: 'Zurück',
  previewForward: 'Vorwärts',
  previewReload: 'Neu laden',
  previewOpen: 'In neuem Tab öffnen',
  previewOutside: 'Hier lassen sich nur Seiten dieser App zeigen. Geben Sie einen Pfad ein, etwa /docs.',
  previewNotLive: 'Veröffentlichen Sie die App, um sie hier zu sehen.',
  previewSoon: 'Die App erscheint hier, sobald sie live ist.',
  previewFailed: 'Von dieser App ist noch nichts live. Sie erscheint hier, sobald eine Veröffentlichung gelingt.',
  previewStopped: 'Diese App läuft gerade nicht; es gibt nichts zu zeigen.',
  previewAsleep: 'Die nächste Anfrage weckt sie.',
  previewCrashed: 'Die nächste Anfrage startet sie neu.',
  previewError: (message) => `Fehler in der Seite: ${message}`,
  previewErrors: (count, message) => `${count} Fehler in der Seite, der letzte: ${message}`,
  previewRefused: 'Diese App wird hier nicht gezeigt',
  previewSameOrigin: (origin) => `Ihre Adresse hat denselben Ursprung wie diese Seite oder der Server, ${origin}: Code der App könnte in Ihrem Namen handeln. Wer den Server betreibt, kann Apps mit FAPI_APPS_URL einen eigenen Ursprung geben.`,
  previewInsecure: (origin) => `Diese Seite kommt über HTTPS, die App unter ${origin} nicht: Der Browser würde sie blockieren.`,
  noRootTitle: 'Diese API hat keine Seite unter /',
  noRootText: 'Ihre Live-Version antwortet unter anderen Adressen:',
  noRootNothing: 'Ihre Live-Version antwortet unter anderen Adressen; „Anfrage“ listet sie auf.',
  noRootDocs: 'Ihre Dokumentation öffnen',
  previewAway: 'Verbindet sich neu. Die Seite bleibt, und die App antwortet ihr vielleicht noch; nach der nächsten Veröffentlichung lädt sie neu.',
} as const satisfies Translation<typeof previewEnglish>;
