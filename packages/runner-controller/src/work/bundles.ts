/** How the controller fetches code: from the server's internal HTTP, with a credential of its own. */
export const bundlePath = (sha256: string): string => `/internal/v1/bundles/${sha256}`;

/** Media type of a bundle: a tar archive, entries sorted by path, times zero, mode 0644. */
export const bundleMediaType = 'application/x-tar';
