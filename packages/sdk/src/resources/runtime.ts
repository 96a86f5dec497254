import { call, type Transport } from '../call.ts';
import type { FapiClient } from '../client-types.ts';
import { runtimeRoutes } from '../contract/runtime.ts';

export const createRuntime = (transport: Transport): FapiClient['runtime'] => ({ read: (options = {}) => call(transport, runtimeRoutes.read, { ...options }) });
