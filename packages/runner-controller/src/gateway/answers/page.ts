import { createHash } from 'node:crypto';
import type { OwnAnswer } from './own-answer.ts';

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif;background:light-dark(oklch(98.5% .003 260),oklch(18% .01 260));color:light-dark(oklch(25% .02 260),oklch(93% .008 260))}
body{margin:0;min-height:100vh;display:grid;place-items:center}
main{max-width:26rem;padding:32px 24px}
p{margin:0 0 12px}
.status{font:600 13px/1 ui-monospace,monospace;font-variant-numeric:tabular-nums;color:light-dark(oklch(48% .02 260),oklch(72% .015 260))}
h1{font-size:20px;font-weight:600;line-height:1.3;margin:12px 0 8px}
footer{margin-top:24px;padding-top:12px;border-top:1px solid light-dark(oklch(90% .006 260),oklch(32% .012 260));font:12px/1.5 ui-monospace,monospace;color:light-dark(oklch(48% .02 260),oklch(72% .015 260));overflow-wrap:anywhere}
`;

/** The page may style itself and nothing else. */
export const pagePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; frame-ancestors *`;

/** A small page in plain words, without scripts and without a request to anywhere. Nothing of the request is in it but its id. */
export function makePage(answer: OwnAnswer, requestId: string, canReload: boolean): string {
  const refresh = answer.retryAfterSeconds === undefined || !canReload ? '' : `<meta http-equiv="refresh" content="${answer.retryAfterSeconds}">`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">${refresh}<title>${answer.title}</title><style>${style}</style></head>
<body><main><p class="status">${answer.status}</p><h1>${answer.title}</h1><p>${answer.detail}</p><footer>Request ${requestId}</footer></main></body></html>
`;
}
