const slugLimit = 30;

/** The first DNS label of an app's address: a slug of the title and a short id. Always valid, whatever the title is written in. */
export function makeHost(title: string, shortId: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, slugLimit)
    .replace(/^-+|-+$/g, '');
  return `${slug || 'app'}-${shortId}`;
}

/** The address of an app; `{host}` in the template is its host. */
export function makeAppUrl(template: string, host: string): string {
  return template.replaceAll('{host}', host);
}
