import '../define/builder.ts';
import '../define/metrics.ts';
