import type { metricsEnglish } from '../strings/metrics.ts';
import type { Translation } from '../strings.ts';

export const metricsGerman = {
  metrics: 'Anfragen',
  noRequestTitle: 'Noch keine Anfrage',
  noRequestText: 'Öffnen Sie die App, oder senden Sie ihr eine Anfrage, und die Zähler laufen.',
  countedSince: 'Seit die App angelegt wurde',
  requests: 'Anfragen',
  status2xx: '2xx',
  status4xx: '4xx',
  status5xx: '5xx',
  lastRequest: 'Letzte Anfrage',
  metricsAway: 'Verbindet sich neu. Das sind die letzten bekannten Zahlen; die App zählt weiter.',
} as const satisfies Translation<typeof metricsEnglish>;
