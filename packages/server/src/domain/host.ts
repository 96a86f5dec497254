const titleBytes = 30;

/** The host name of an app: a readable part of its title and a short id, always one valid DNS label. */
export function makeHost(title: string, shortId: string): string {
  const slug = title.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, titleBytes).replace(/^-+|-+$/g, '');
  return `${slug || 'app'}-${shortId}`;
}
