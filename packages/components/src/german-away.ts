import type { Strings } from './strings.ts';

/** What still works while nobody answers, in German. */
export const germanAway = {
  historyAway: 'Verbindet sich neu. Die Liste ist auf dem letzten Stand; Änderungen gehen dann wieder.',
  tryAway: 'Verbindet sich neu. Schreiben und als curl kopieren lässt sich eine Anfrage schon; senden dann wieder.',
  previewAway: 'Verbindet sich neu. Die Seite bleibt, und die App antwortet ihr vielleicht; nach der nächsten Veröffentlichung erscheint sie neu.',
  deploymentAway: 'Verbindet sich neu. Das ist der letzte bekannte Stand; eine Veröffentlichung läuft weiter, und eine App, die live ist, antwortet.',
  settingsAway: 'Verbindet sich neu. Lesen lässt sich alles; ändern dann wieder.',
  metricsAway: 'Verbindet sich neu. Die Zähler sind auf dem letzten Stand, und die App zählt weiter.',
} satisfies Partial<Strings>;
