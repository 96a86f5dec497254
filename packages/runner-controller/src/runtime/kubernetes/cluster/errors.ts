import { RuntimeUnavailableError } from '../../runtime.ts';

/** The cluster's API said no. Whoever does not know what to make of it tries again later. */
export class ClusterError extends RuntimeUnavailableError {
  readonly status: number;
  /** The API's own word, such as `NotFound` or `AlreadyExists`. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;
  constructor(what: string, status: number, { reason, message, retryAfterMs }: { reason: string; message: string; retryAfterMs: number | undefined }) {
    super(`${what}: ${message || `status ${status}`}`);
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

export const hasStatus = (error: unknown, ...statuses: number[]): boolean => error instanceof ClusterError && statuses.includes(error.status);

/** Not a "no" but a "not now": asked again without anybody noticing, as often as that is worth while. */
export const isPassing = (status: number): boolean => status === 429 || status >= 500;
