/** What `fapi-metrics` says. A part of `strings.ts`. */
export const metricsEnglish = {
  metrics: 'Requests',
  noRequestTitle: 'No request yet',
  noRequestText: 'Open the app, or send it a request, and the counters move.',
  requests: 'Requests',
  status2xx: '2xx',
  status4xx: '4xx',
  status5xx: '5xx',
  lastRequest: 'Last request',
  metricsAway: 'Reconnecting. The counters are as they were read last, and the app counts on.',
} as const;
