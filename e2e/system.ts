import type { FapiClient } from '@fapi/sdk';

/** A whole running fapi, reached only as its users reach it. */
export interface System {
  readonly shape: 'embedded' | 'scaled';
  readonly baseUrl: string;
  readonly gatewayPort: number;
  readonly operatorKey: string;
  /** SIGKILL of the control plane: in the embedded shape one process, scaled the named one. Runners are not touched. */
  kill(program: 'server' | 'controller'): Promise<void>;
  /** Starts what was killed again, on the same data and ports; resolves when it is ready. */
  restart(): Promise<void>;
  /** Ends everything, runners included, and deletes the data. */
  stop(): Promise<void>;
}

export interface Answer { status: number; body: string; revision: string | undefined }
export type Connect = (system: System) => FapiClient;
