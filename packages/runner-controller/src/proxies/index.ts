export { createTrustedProxies, isProxy, type TrustedProxies } from './trusted-proxies.ts';
