/** The wire between server and controller: messages, the bus port and its adapters. */
export * from './bundles.ts';
export * from './bus.ts';
export * from './environments.ts';
export * from './messages.ts';
export * from './sessions/port.ts';
export { createMemoryBus } from './memory.ts';
export { BusStartError, connectNatsBus } from './nats.ts';
