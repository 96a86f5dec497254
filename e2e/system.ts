import type { MarkedProcess } from './processes/marked.ts';

/** What can be killed: in the embedded shape server and controller are one process, and there are but the agent and the gateway besides. */
export type Victim = 'server' | 'controller' | 'agent' | 'gateway' | 'nats' | 'postgres';

/** A whole running fapi, reached only as its users reach it. */
export interface System {
  readonly shape: 'embedded' | 'scaled';
  readonly baseUrl: string;
  readonly gatewayPort: number;
  readonly operatorKey: string;
  /** SIGKILL of the named part. Runners are not touched, but for the agent that holds them: it is started again by itself, with its apps, and so is the gateway. */
  kill(victim: Victim): Promise<void>;
  /** Starts what was killed again, on the same data and ports; resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends everything, runners included, and deletes the data. */
  stop(): Promise<void>;
  /** Every living process of it, whoever its parent is by now. */
  processes(): Promise<MarkedProcess[]>;
}

export interface Answer { status: number; body: string; revision: string | undefined }
