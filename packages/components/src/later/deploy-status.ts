import '../define/builder.ts';
import '../define/deploy-status.ts';
