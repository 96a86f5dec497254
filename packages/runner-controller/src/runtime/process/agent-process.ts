import { join } from 'node:path';
import type { Logger } from 'pino';
import { type AgentClient, AgentError, connectAgent } from '../../agent/client.ts';
import { toReason } from '../../program/to-reason.ts';
import { OvertakenError } from '../runtime.ts';
import { endProcess, startDetached } from './detached.ts';
import { findProgram } from './state-file.ts';

export interface AgentProcessOptions {
  stateDir: string;
  python: string;
  runnerDir: string;
  identity: string;
  epoch: number;
  /** True once a newer controller uses this folder. */
  isOvertaken(): Promise<boolean>;
  orphanSeconds: number;
  /** Where no app may connect to, whatever is granted: `address:port` each. */
  egressNever: readonly string[];
  logger: Logger;
}

/** Connects to the agent of this folder: adopts the one that runs, replaces one of other code, starts one where there is none. Rejects with `OvertakenError` when the folder is another controller's by now. */
export async function connectOrStartAgent(options: AgentProcessOptions): Promise<AgentClient> {
  const { stateDir, identity, epoch, logger } = options;
  const socket = join(stateDir, 'agent.sock');
  const stateFile = join(stateDir, 'agent.json');
  const running = await findProgram(stateFile);
  // Before anything is ended or started: the agent that runs may be our successor's, and of newer code.
  if (await options.isOvertaken()) throw new OvertakenError(`a newer controller uses ${stateDir}`);
  if (running) {
    if (running.identity === identity) {
      try {
        const client = await meet(socket, epoch);
        logger.info({ pid: running.pid }, 'adopted the running agent');
        return client;
      } catch (error) {
        if (error instanceof OvertakenError) throw error;
        logger.warn({ pid: running.pid, reason: toReason(error) }, 'the running agent does not answer and is replaced');
      }
    } else logger.info({ pid: running.pid }, 'the running agent is of other code and is replaced');
    // Its successor starts every app again that was active, from the folder.
    await endProcess(running.pid, 10_000);
  }
  await startDetached({
    title: 'The Python agent',
    program: options.python,
    args: ['-m', 'fapi_runner', 'agent', '--state', stateDir, '--orphan-seconds', String(options.orphanSeconds), ...options.egressNever.flatMap((address) => ['--egress-never', address])],
    // Nothing of our own environment: it may hold secrets that user code must never see.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', TZ: process.env['TZ'], PYTHONPATH: options.runnerDir, PYTHONDONTWRITEBYTECODE: '1' },
    logFile: `${stateDir}.log`,
    isReady: async () => (await findProgram(stateFile)) !== undefined,
  });
  return meet(socket, epoch);
}

async function meet(socket: string, epoch: number): Promise<AgentClient> {
  try {
    return await connectAgent(socket, { role: 'controller', epoch });
  } catch (error) {
    if (error instanceof AgentError && error.code === 'stale_epoch') throw new OvertakenError(error.message, { cause: error });
    throw error;
  }
}
