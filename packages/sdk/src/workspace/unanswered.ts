import { isFapiError } from '../errors.ts';

/** Nobody answered, or not in time. By name: the client may be of another copy of this package than the store. */
export const isUnanswered = (error: unknown): boolean => isFapiError(error) && (error.name === 'ConnectionError' || error.name === 'TimeoutError');
