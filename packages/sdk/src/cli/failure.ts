import type { Issue } from '../contract/problem.ts';
import { AbortError, ConnectionError, ContractError, isApiError, TimeoutError } from '../errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Why a command did not do what it was asked to: for people as sentences, with `--json` as it stands here. */
export interface Failure {
  /** An error code of the API, or one of the command line's own. */
  code: string;
  message: string;
  exitCode: ExitCode;
  /** What to do about it, one step each. */
  hints?: readonly string[];
  status?: number;
  /** What to tell an operator. */
  requestId?: string;
  issues?: readonly Issue[];
  /** Of a conflict: what was changed there, and what was changed here. */
  conflict?: { version: number; savedAt: string; savedBy: string; theirs: readonly string[]; yours: readonly string[] };
}

/** A command's own refusal. The message is a sentence for the person who typed it. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly failure: Failure;
  constructor(code: string, exitCode: ExitCode, message: string, more: Omit<Failure, 'code' | 'exitCode' | 'message'> = {}, options?: ErrorOptions) {
    super(message, options);
    this.failure = { code, message, exitCode, ...more };
  }
}

/** Wrong words on the command line. */
export const usageError = (message: string, ...hints: string[]): CliError => new CliError('usage', exitCodes.usage, message, hints.length > 0 ? { hints } : {});

/** A 409 that waiting, reading again or forcing does not mend. */
const noConflicts = new Set(['quota_exceeded', 'isolation_too_low', 'environment_unreadable', 'app_suspended', 'workspace_suspended']);

/** What any error means to the caller; undefined for a fault of ours, which keeps its trace. */
export function toFailure(error: unknown, server: string | undefined): Failure | undefined {
  if (error instanceof CliError) return error.failure;
  const where = server ?? 'the server';
  if (isApiError(error)) {
    const { code, message, status, requestId, issues, conflict } = error;
    if (conflict) return { code, message: `${conflict.current.savedBy} saved version ${conflict.current.version} in between`, exitCode: exitCodes.conflict, status, requestId, hints: ['fapi pull brings it here, then again'] };
    return { code, message, exitCode: exitCodeOf(code, status), status, requestId, ...(issues.length > 0 ? { issues } : {}), ...hintsOf(code) };
  }
  if (error instanceof AbortError) return { code: 'interrupted', message: 'interrupted', exitCode: exitCodes.interrupted };
  if (error instanceof TimeoutError) return { code: 'timeout', message: `${where} did not answer in time; whether it did what was asked is not known`, exitCode: exitCodes.unreachable };
  if (error instanceof ConnectionError) return { code: 'unreachable', message: `nothing answers at ${where}${reasonOf(error)}`, exitCode: exitCodes.unreachable, hints: ['start it (the demo: npm run demo), or name another one in FAPI_URL'] };
  if (error instanceof ContractError) {
    return { code: 'not_fapi', message: `what answered at ${where} is not the fapi that this command knows: ${error.message}`, exitCode: exitCodes.unreachable, status: error.status, hints: ['a proxy or a login page may stand between, or the address is that of something else'] };
  }
  if (isFileError(error)) return { code: 'file_error', message: `${error.path ?? 'a file'} cannot be used: ${fileWords[error.code!] ?? error.code}`, exitCode: exitCodes.failed };
  return undefined;
}

const fileWords: Record<string, string> = { EACCES: 'it may not be read or written', EPERM: 'it may not be changed', ENOENT: 'there is no such file or folder', ENOTDIR: 'a file stands where a folder is needed', EISDIR: 'it is a folder', ENOSPC: 'the disk is full', EROFS: 'the disk is read-only', EMFILE: 'too many files are open' };

/** What the file system says, as opposed to the network. */
export const isFileError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && (error as NodeJS.ErrnoException).code !== undefined && ('path' in error || ['write', 'fsync', 'open'].includes((error as NodeJS.ErrnoException).syscall ?? '')) && !('address' in error);

function exitCodeOf(code: string, status: number): ExitCode {
  if (status === 401 || status === 403) return exitCodes.notAllowed;
  if (status === 404) return exitCodes.notFound;
  if (status === 409 || status === 412) return noConflicts.has(code) ? exitCodes.failed : exitCodes.conflict;
  return status === 429 || status === 502 || status === 503 || status === 504 ? exitCodes.unreachable : exitCodes.failed;
}

function hintsOf(code: string): { hints?: string[] } {
  if (code === 'unauthorized' || code === 'token_expired') return { hints: ['set FAPI_API_KEY to a key that this server knows'] };
  if (code === 'app_not_found') return { hints: ['fapi apps lists those that the key can see; fapi.json or --app names the one that is meant'] };
  if (code === 'client_too_old') return { hints: ['install the newer fapi of that server'] };
  return {};
}

function reasonOf(error: Error): string {
  for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== undefined) return ` (${code})`;
  }
  return '';
}

/** The server cannot be reached now; later it may. */
export const isAway = (error: unknown): boolean => toFailure(error, undefined)?.exitCode === exitCodes.unreachable;
