import type { ReadStream, WriteStream } from 'node:tty';

/** All that a command can touch besides files and the network. */
export interface World {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** What to type to call this program again. */
  readonly program: string;
  readonly stdin: NodeJS.ReadStream | ReadStream;
  readonly stdout: NodeJS.WriteStream | WriteStream;
  readonly stderr: NodeJS.WriteStream | WriteStream;
  /** Fires at the first Ctrl-C or SIGTERM; its reason is the exit code. */
  readonly signal: AbortSignal;
}
