/** The public door: what a composition root needs to run a controller. */
export { pickForGateway, readDataDir, readLogLevel, readSwitch } from './config.ts';
export { ConfigError } from './program/config-error.ts';
export { readPort } from './program/read-number.ts';
export { createBundleFetcher } from './bundles.ts';
export { createEnvironmentFetcher } from './environments.ts';
export { type Controller, type ControllerOptions, createController } from './controller.ts';
export { createProcessRuntime, type ProcessRuntime, type ProcessRuntimeOptions } from './runtime/process/runtime.ts';
export { ProcessStartError } from './runtime/process/start-error.ts';
export type { Runtime } from './runtime/runtime.ts';
