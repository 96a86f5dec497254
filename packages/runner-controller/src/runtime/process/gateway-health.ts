import { request } from 'node:http';

/** Where a gateway of this machine is asked that listens on `host`: what listens everywhere listens on loopback too. */
export const toOwnAddress = (host: string): string => (['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host);

/** False when the gateway keeps silent for so long. Whatever it answers, a closed door included, it turns; and what keeps us from asking is no fault of its own. */
export function isGatewayThere({ address, port }: { address: string; port: number }, withinMs: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const deadline = AbortSignal.timeout(withinMs);
    const asked = request({ host: address, port, method: 'HEAD', path: '/.fapi/gateway/health', agent: false, signal: AbortSignal.any([deadline, ...(signal ? [signal] : [])]) });
    asked.on('response', () => {
      asked.destroy();
      resolve(true);
    });
    asked.on('error', () => resolve(!deadline.aborted));
    asked.end();
  });
}
