import { type HealthServer, openHealthServer } from './program/health.ts';

export interface Health {
  role: 'starting' | 'standby' | 'active' | 'stopping';
  /** What keeps it from its work, in a sentence. */
  problem?: string | undefined;
}

/** Says to probes, on every address, whether the controller can do its work: act, or stand by. */
export const serveHealth = (port: number, read: () => Health): Promise<HealthServer> => openHealthServer({
  port,
  read() {
    const { role, problem } = read();
    return { isReady: problem === undefined && (role === 'active' || role === 'standby'), facts: { role, ...(problem === undefined ? {} : { problem }) } };
  },
});
