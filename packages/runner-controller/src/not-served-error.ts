/** The server does not give what a revision needs, or not what was promised, or the runner has no room for it: asking again does not help. */
export class NotServedError extends Error {
  override readonly name = 'NotServedError';
  readonly what: 'bundle' | 'environment';
  constructor(what: NotServedError['what'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.what = what;
  }
}
