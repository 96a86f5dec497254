/** The only door to the `nats` package: everything that imports it lies in `nats/`. */
export { connectNatsBus } from './nats/bus.ts';
export { BusStartError } from './nats/connection.ts';
