/** The server has no such bundle or environment, or not what was promised: asking again does not help. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}
