import type { Strings } from '../../strings.ts';

/** Why an app at this address must not be shown in a page of ours, as a sentence; undefined when it may. */
export function whyRefused({ appUrl, pageUrl, apiUrl, strings }: { appUrl: string; pageUrl: string; apiUrl: string; strings: Strings }): string | undefined {
  const [app, page, api] = [appUrl, pageUrl, apiUrl].map((url) => new URL(url));
  // The frame lets the app's scripts run with the rights of its origin: at ours it would be no frame at all.
  if (app!.origin === page!.origin || app!.origin === api!.origin || !/^https?:$/.test(app!.protocol)) return strings.previewSameOrigin(app!.origin);
  if (page!.protocol === 'https:' && app!.protocol === 'http:' && !isOwnMachine(app!.hostname)) return strings.previewInsecure(app!.origin);
  return undefined;
}

/** Browsers trust the connection to it, whatever the protocol. */
const isOwnMachine = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost') || host.startsWith('127.') || host === '[::1]';
