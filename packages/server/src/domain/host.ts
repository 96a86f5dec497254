const titleBytes = 30;

/** The host name of an app: a readable part of its title and a short id, always one valid DNS label. */
export function makeHost(title: string, shortId: string): string {
  const slug = title.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, titleBytes).replace(/^-+|-+$/g, '');
  return `${slug || 'app'}-${shortId}`;
}

/** Where the same app is shown in a frame. The gateway knows it by this ending, which no host of an app has: none has two hyphens. */
export const toPreviewHost = (host: string): string => `${host}--preview`;
