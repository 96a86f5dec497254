import '../define/builder.ts';
import '../define/logs.ts';
