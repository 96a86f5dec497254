export const connectNatsBus = (_: unknown): never => { throw new Error('not yet'); }; export interface NatsBusOptions { url: string; logger?: unknown }
