import '../define/builder.ts';
import '../define/history.ts';
