/** What `fapi-metrics` says. A part of `strings.ts`. */
export const metricsEnglish = {
  metrics: 'Requests',
  noRequestTitle: 'No requests yet',
  noRequestText: 'Open the app, or send it a request, and the counters move.',
  countedSince: 'Since the app was created',
  requests: 'Requests',
  status2xx: '2xx',
  status4xx: '4xx',
  status5xx: '5xx',
  lastRequest: 'Last request',
  metricsAway: 'Reconnecting. These are the last known counts; the app keeps counting.',
} as const;
