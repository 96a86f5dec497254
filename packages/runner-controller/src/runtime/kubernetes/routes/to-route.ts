import type { V1EndpointSlice, V1Service } from '@kubernetes/client-node';
import type { Address, RouteEntry } from '../../../gateway/routes/route-source.ts';
import { annotation } from '../objects/labels.ts';

/** Pure: the route of one app, from its Service and what stands behind it. Undefined for what visitors must not know of, and for what is no app's. */
export function toRoute(service: V1Service, slices: readonly V1EndpointSlice[]): RouteEntry | undefined {
  const { annotations = {}, deletionTimestamp } = service.metadata ?? {};
  const [appId, host, state] = [annotations[annotation.appId], annotations[annotation.host], annotations[annotation.state]];
  const generation = Number(annotations[annotation.generation]);
  if (appId === undefined || host === undefined || deletionTimestamp || !Number.isSafeInteger(generation) || (state !== 'live' && state !== 'stopped')) return undefined;
  const addresses = state === 'live' ? listAddresses(slices) : [];
  return { appId, host, generation, addresses, phase: state === 'stopped' ? 'stopped' : addresses.length > 0 ? 'running' : 'waking' };
}

/** Those that are ready; where there is none, those that are leaving and still answer. */
function listAddresses(slices: readonly V1EndpointSlice[]): Address[] {
  const all = slices.flatMap(({ endpoints = [], ports = [] }) => {
    const port = ports.find(({ name }) => name === 'http')?.port;
    // The cluster promises that all addresses of one endpoint are the same.
    return port === undefined ? [] : endpoints.flatMap(({ addresses: [host], conditions = {} }) => (host === undefined ? [] : [{ address: { host, port }, conditions }]));
  });
  const ready = all.filter(({ conditions }) => conditions.ready ?? true);
  const chosen = ready.length > 0 ? ready : all.filter(({ conditions }) => conditions.serving);
  // While the cluster moves one from slice to slice it may stand in both.
  return [...new Map(chosen.map(({ address }) => [`${address.host} ${address.port}`, address])).values()];
}
