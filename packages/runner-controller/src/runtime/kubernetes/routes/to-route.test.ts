import type { V1EndpointConditions, V1EndpointSlice } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { makeService } from '../objects/resources.ts';
import { toRoute } from './to-route.ts';

const service = makeService({ appId: 'shop', host: 'shop-1', generation: 3, state: 'live' });
const slice = (...endpoints: [string, V1EndpointConditions][]): V1EndpointSlice => ({ addressType: 'IPv4', ports: [{ name: 'http', port: 8080 }], endpoints: endpoints.map(([address, conditions]) => ({ addresses: [address], conditions })) });
const ready = { ready: true, serving: true };
const [leaving, starting] = [{ ready: false, serving: true, terminating: true }, { ready: false, serving: false }];
const at = (...hosts: string[]) => hosts.map((host) => ({ host, port: 8080 }));

describe('the route of an app', () => {
  it.each([
    ['has every ready address of every slice, once', [slice(['10.0.0.1', ready], ['10.0.0.2', starting]), slice(['10.0.0.1', ready], ['10.0.0.3', {}])], at('10.0.0.1', '10.0.0.3'), 'running'],
    ['leaves out who leaves', [slice(['10.0.0.1', ready], ['10.0.0.2', leaving])], at('10.0.0.1'), 'running'],
    ['goes to who leaves while nobody else is ready', [slice(['10.0.0.1', starting], ['10.0.0.2', leaving])], at('10.0.0.2'), 'running'],
    ['is waited for while nobody answers', [slice(['10.0.0.1', starting])], [], 'waking'],
    ['is waited for before there is a slice', [], [], 'waking'],
  ] as const)('%s', (_, slices, addresses, phase) => {
    expect(toRoute(service, slices)).toEqual({ appId: 'shop', host: 'shop-1', generation: 3, addresses, phase });
  });

  it('says at once that a stopped one is stopped, and nothing of one that is hidden or none of ours', () => {
    const slices = [slice(['10.0.0.1', ready])];
    const inState = (state: 'stopped' | 'hidden' | 'removed') => toRoute(makeService({ appId: 'shop', host: 'shop-1', generation: 3, state }), slices);
    expect(inState('stopped')).toMatchObject({ phase: 'stopped', addresses: [] });
    expect([inState('hidden'), inState('removed'), toRoute({ metadata: { name: 'x' } }, slices)]).toEqual([undefined, undefined, undefined]);
  });
});
