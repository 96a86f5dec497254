/** Whose connection it is that comes to the egress gateway, by the certificate that its agent was given for it. */
export interface Caller {
  /** The app, as labels name it. */
  app: string;
  /** The uid of the pod: no other pod ever has it. */
  pod: string;
  /** Of the controller that said so. */
  epoch: number;
}

export const toCallerUri = ({ app, pod, epoch }: Caller): string => `spiffe://fapi/app/${app}/pod/${pod}/epoch/${epoch}`;

const shape = /^spiffe:\/\/fapi\/app\/([a-z0-9-]{1,63})\/pod\/([a-z0-9-]{1,63})\/epoch\/(\d{1,15})$/;

/** Reads the URIs of a certificate: undefined unless there is one alone, which names a caller. */
export function readCaller(uris: readonly string[]): Caller | undefined {
  const [, app, pod, epoch] = uris.length === 1 ? (shape.exec(uris[0]!) ?? []) : [];
  return app === undefined ? undefined : { app, pod: pod!, epoch: Number(epoch) };
}
