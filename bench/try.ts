import { measureReport } from './agent/reports.ts';
import { badCode } from './agent/bad-code.ts';
for (const b of badCode) { const t = performance.now(); try { const f = await measureReport(b, 1); console.log(b.id, f.ours, f.peers, ((performance.now() - t) / 1000).toFixed(1)); } catch (e) { console.log(b.id, 'FAILED', String(e).slice(0, 600)); } }
process.exit(0)
